import type { Clock } from "../src/settle/clock.ts";

/** A clock whose time advances only during pauses. */
export interface ManualClock extends Clock {
	/** Lengths of the pauses, in milliseconds. */
	readonly pauses: readonly number[];
}

/**
 * Makes a clock that starts at the real time. A pause ends at once, and moves the clock by its length.
 *
 * @param onPause - Called in each pause, with the wall clock's time in seconds when it ends.
 */
export function manualClock(onPause?: (seconds: number) => void): ManualClock {
	const startMs = Date.now();
	const pauses: number[] = [];
	let elapsedMs = 0;
	return {
		pauses,
		wallMs: () => startMs + elapsedMs,
		monotonicMs: () => elapsedMs,
		pause: async (durationMs, signal) => {
			pauses.push(durationMs);
			elapsedMs += durationMs;
			onPause?.((startMs + elapsedMs) / 1000);
			signal?.throwIfAborted();
		},
	};
}
