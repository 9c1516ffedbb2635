import { pause } from "@rivetkit/engine-core";

/** The time, and waiting; a test passes one that it sets itself. */
export interface Clock {
	/** The clock that stamps files. It may jump, in both directions. */
	wallMs(): number;
	/** A clock that only goes forward, from a point of its own. */
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
