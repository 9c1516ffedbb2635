/** One look at a file that another program may be writing. */
export interface Sighting {
	readonly inode: number;
	readonly sizeBytes: number;
	readonly mtimeMs: number;
	/** When it was looked at, by the clock that stamps files and may jump. */
	readonly wallMs: number;
	/** The same moment by a clock that only goes forward. */
	readonly monotonicMs: number;
}

/** Whether a file has come to rest. */
export type Settlement =
	| { readonly kind: "settled" }
	/** It is old enough, but one look alone cannot tell. */
	| { readonly kind: "look-again"; readonly pauseMs: number }
	| { readonly kind: "wait"; readonly pauseMs: number; readonly reason: string };

/** A program that has written nothing for this long has ended or was killed, in milliseconds. */
const QUIET_MS = 10_000;

/** Between two looks at an old file: short, since every start pays it, and longer than a writer's gaps. */
const SECOND_LOOK_MS = 50;

/** Between two looks at a file that is waited for, in milliseconds: it may get a receipt meanwhile. */
const LOOK_MS = 250;

/**
 * Judges by its size and mtime whether somebody still writes a file. It has come to rest if it is old and two
 * looks saw it the same, or if it stayed the same for ten seconds, which no jump of the wall clock can feign.
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

/** Whether two looks saw the same. */
export function isSameSighting(left: Sighting, right: Sighting): boolean {
	return left.inode === right.inode && left.sizeBytes === right.sizeBytes && left.mtimeMs === right.mtimeMs;
}

/** The earliest look from which on nothing has changed. */
function firstUnchanged(last: Sighting, earlier: readonly Sighting[]): Sighting {
	const changedAt = earlier.findLastIndex((sighting) => !isSameSighting(sighting, last));
	return earlier[changedAt + 1] ?? last;
}
