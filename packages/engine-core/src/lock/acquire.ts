import { type FolderWatch, watchFolder } from "../files/watch-folder.ts";
import type { Logger } from "../logger.ts";
import { type Attempt, attemptLock } from "./attempt.ts";
import type { LockHolder } from "./record.ts";
import type { HeldGeneration } from "./release.ts";

/** Result of the wait for a lock. */
export type Acquired =
	| { readonly kind: "held"; readonly generation: HeldGeneration }
	| { readonly kind: "unavailable"; readonly reason: string; readonly holder: LockHolder | undefined };

/** How to wait. */
export interface AcquireOptions {
	readonly purpose: string;
	readonly timeoutMs: number;
	readonly logger: Logger;
	readonly progress: (() => string | number | undefined) | undefined;
	readonly signal: AbortSignal | undefined;
	readonly onWait: ((holder: LockHolder) => void) | undefined;
}

/** The number of attempts in a row that may be lost before the file system counts as unfit for a lock. */
const MOST_LOSSES = 1000;

/** Takes the lock. If another process holds it, waits for that process. */
export async function acquireLock(folder: string, options: AcquireOptions): Promise<Acquired> {
	let watch: FolderWatch | undefined;
	try {
		return await acquireWatching(folder, options, () => {
			watch ??= watchFolder(folder, (name) => /^g\d+$/.test(name));
			return watch;
		});
	} finally {
		watch?.[Symbol.dispose]();
	}
}

async function acquireWatching(
	folder: string,
	options: AcquireOptions,
	changes: () => FolderWatch,
): Promise<Acquired> {
	const { timeoutMs, progress, signal, onWait } = options;
	let waitedFor: string | undefined;
	let seen: string | number | undefined;
	let waitingSince = 0;
	for (let losses = 0; losses < MOST_LOSSES; ) {
		signal?.throwIfAborted();
		const attempt: Attempt = await attemptLock(folder, options);
		switch (attempt.kind) {
			case "taken":
				return { kind: "held", generation: attempt.generation };
			case "refused":
				return { kind: "unavailable", reason: attempt.reason, holder: undefined };
			case "lost":
				losses++;
				break;
			case "occupied": {
				losses = 0;
				const { holder, key } = attempt;
				const now = progress?.();
				if (key !== waitedFor || now !== seen) waitingSince = performance.now();
				if (key !== waitedFor) onWait?.(holder);
				waitedFor = key;
				seen = now;
				const waitedMs = performance.now() - waitingSince;
				if (waitedMs >= timeoutMs) return { kind: "unavailable", reason: describe(holder, waitedMs), holder };
				await changes().next(Math.min(gapMs(waitedMs), timeoutMs - waitedMs), signal);
			}
		}
	}
	return { kind: "unavailable", reason: `files in '${folder}' vanish as they are made`, holder: undefined };
}

/**
 * Returns the pause between two looks at the lock, in milliseconds, for a folder in which nothing changes: a holder that is
 * killed changes nothing there. It is a fifth of the time waited so far, from 5 to 100, with a random part, so that not all
 * waiting processes look at once.
 */
function gapMs(waitedMs: number): number {
	return Math.min(100, Math.max(5, waitedMs / 5)) * (0.75 + Math.random() / 2);
}

function describe({ identity, judgement }: LockHolder, waitedMs: number): string {
	const who = identity === undefined ? "a process that is not known" : `process ${identity.pid}`;
	const seconds = Math.round(waitedMs / 100) / 10;
	return judgement === "alive"
		? `${who} has held it for more than ${seconds} s`
		: `${who}, which cannot be judged from here, has not released it for ${seconds} s`;
}
