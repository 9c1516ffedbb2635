import { pause } from "@rivetkit/engine-core";

/** Tells the time and waits. A test passes a clock that it sets itself. */
export interface Clock {
	/** Tells the time of the clock that stamps files. It may jump, in both directions. */
	wallMs(): number;
	/** Tells the time of a clock that only goes forward, from an arbitrary start. */
	monotonicMs(): number;
	/** Rejects with the signal's reason if aborted. */
	pause(durationMs: number, signal: AbortSignal | undefined): Promise<void>;
}

/** The machine's clocks. */
export const systemClock: Clock = {
	wallMs: () => Date.now(),
	monotonicMs: () => performance.now(),
	pause: (durationMs, signal) => pause(durationMs, { signal }),
};
