import { pause } from "@rivetkit/engine-core";

/** Gives the time and waits. Tests use a clock that they control. */
export interface Clock {
	/** Returns the time of day, which file times are taken from. It may jump, in both directions. */
	wallMs(): number;
	/** Returns the time of a clock that only goes forward, from an arbitrary start. */
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
