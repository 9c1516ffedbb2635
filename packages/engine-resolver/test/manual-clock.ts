import type { Clock } from "../src/settle/clock.ts";

/** A clock that goes on only while somebody waits. */
export interface ManualClock extends Clock {
	/** How long each pause was, in milliseconds. */
	readonly pauses: readonly number[];
}

/**
 * A clock that starts at the real time and goes on by as much as it is asked to wait, at once.
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
