import { type FolderWatch, watchFolder } from "../files/watch-folder.ts";
import type { Logger } from "../logger.ts";
import { type Attempt, attemptLock } from "./attempt.ts";
import type { LockHolder } from "./record.ts";
import type { HeldGeneration } from "./release.ts";

/** Result of the wait for a lock. */
export type Acquired =
	| { readonly kind: "held"; readonly generation: HeldGeneration }
	| { readonly kind: "unavailable"; readonly reason: string; readonly holder: LockHolder | undefined };

/** How to wait for a lock. */
export interface AcquireOptions {
	readonly purpose: string;
	readonly timeoutMs: number;
	readonly logger: Logger;
	readonly progress: (() => string | number | undefined) | undefined;
	readonly signal: AbortSignal | undefined;
	readonly onWait: ((holder: LockHolder) => void) | undefined;
}

/** After this many lost attempts in a row we give up: the file system probably cannot hold a lock. */
const MAX_LOST_ATTEMPTS = 1000;

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
	getWatch: () => FolderWatch,
): Promise<Acquired> {
	const { timeoutMs, progress, signal, onWait } = options;
	let lastKey: string | undefined;
	let lastProgress: string | number | undefined;
	let waitingSince = 0;
	for (let lostAttempts = 0; lostAttempts < MAX_LOST_ATTEMPTS; ) {
		signal?.throwIfAborted();
		const attempt: Attempt = await attemptLock(folder, options);
		switch (attempt.kind) {
			case "taken":
				return { kind: "held", generation: attempt.generation };
			case "refused":
				return { kind: "unavailable", reason: attempt.reason, holder: undefined };
			case "retry":
				lostAttempts++;
				break;
			case "occupied": {
				lostAttempts = 0;
				const { holder, key } = attempt;
				const currentProgress = progress?.();
				if (key !== lastKey || currentProgress !== lastProgress) waitingSince = performance.now();
				if (key !== lastKey) onWait?.(holder);
				lastKey = key;
				lastProgress = currentProgress;
				const waitedMs = performance.now() - waitingSince;
				if (waitedMs >= timeoutMs) return { kind: "unavailable", reason: describe(holder, waitedMs), holder };
				await getWatch().next(Math.min(gapMs(waitedMs), timeoutMs - waitedMs), signal);
			}
		}
	}
	return {
		kind: "unavailable",
		reason: `files in '${folder}' disappear as soon as they are created`,
		holder: undefined,
	};
}

/**
 * Returns the longest pause between two looks at the lock, in milliseconds. A change in the folder ends the pause early,
 * but a holder that is killed changes nothing there. The pause is a fifth of the time waited so far, from 5 to 100, then
 * changed at random by up to a quarter, so that waiting processes do not all look at once.
 */
function gapMs(waitedMs: number): number {
	return Math.min(100, Math.max(5, waitedMs / 5)) * (0.75 + Math.random() / 2);
}

function describe({ identity, judgement }: LockHolder, waitedMs: number): string {
	const who = identity === undefined ? "an unknown process" : `process ${identity.pid}`;
	const seconds = Math.round(waitedMs / 100) / 10;
	return judgement === "alive"
		? `${who} has held the lock for at least ${seconds} s`
		: `${who}, which may or may not be alive (it cannot be checked from here), has not released the lock for ${seconds} s`;
}
