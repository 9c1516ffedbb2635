/** A look at a file that another program may be writing. */
export interface Sighting {
	readonly inode: number;
	readonly sizeBytes: number;
	readonly mtimeMs: number;
	/** The time of the look, by the clock from which file times are taken. It may jump. */
	readonly wallMs: number;
	/** The time of the look, by a clock that only goes forward. */
	readonly monotonicMs: number;
}

/** Judgement about the completeness of a file. `settled`: no program writes to it any more. */
export type Settlement =
	| { readonly kind: "settled" }
	/** The file is old enough, but a single look cannot show that it stays the same. */
	| { readonly kind: "look-again"; readonly pauseMs: number }
	| { readonly kind: "wait"; readonly pauseMs: number; readonly reason: string };

/** If a file has not changed for this long, its writer has ended or was killed, in milliseconds. */
const QUIET_MS = 10_000;

/** The pause between two looks at an old file, in milliseconds: short, since it delays every start. */
const SECOND_LOOK_MS = 50;

/** The pause between two looks during a wait, in milliseconds. In the meantime, the file may get a receipt. */
const LOOK_MS = 250;

/**
 * Finds out whether another program still writes to a file, from inode, size and mtime. A file is settled if it is old and
 * two looks saw the same, or if it stayed the same for ten seconds; the latter does not depend on the wall clock.
 *
 * @param earlier - The looks before the last one, oldest first.
 */
export function judgeSightings(last: Sighting, earlier: readonly Sighting[]): Settlement {
	const first = firstUnchanged(last, earlier);
	const ageMs = last.wallMs - last.mtimeMs;
	const unchangedMs = last.monotonicMs - first.monotonicMs;
	if (unchangedMs >= QUIET_MS || (ageMs >= QUIET_MS && first !== last)) return { kind: "settled" };
	if (first === last && earlier.length > 0) {
		return { kind: "wait", pauseMs: LOOK_MS, reason: "another program is writing it" };
	}
	if (ageMs >= QUIET_MS) return { kind: "look-again", pauseMs: SECOND_LOOK_MS };
	return {
		kind: "wait",
		pauseMs: Math.ceil(Math.min(LOOK_MS, QUIET_MS - ageMs, QUIET_MS - unchangedMs)),
		reason: "it was written within the last 10 s, and no receipt tells whether it is complete",
	};
}

/** True if two looks saw the same. */
export function isSameSighting(left: Sighting, right: Sighting): boolean {
	return left.inode === right.inode && left.sizeBytes === right.sizeBytes && left.mtimeMs === right.mtimeMs;
}

/** Returns the earliest look after which nothing has changed. */
function firstUnchanged(last: Sighting, earlier: readonly Sighting[]): Sighting {
	const changedAt = earlier.findLastIndex((sighting) => !isSameSighting(sighting, last));
	return earlier[changedAt + 1] ?? last;
}
