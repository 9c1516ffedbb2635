import { pause } from "@rivetkit/engine-core";

/** What the restarts of crashed engines take their time and chance from. */
export interface SupervisionClock {
	/** Milliseconds since 1970: other processes, and later ones, go by the same times. */
	now(): number;
	/** From 0 to 1. */
	random(): number;
	/** Waits without keeping this process alive. Ends early, and quietly, if aborted. */
	pause(ms: number, signal: AbortSignal): Promise<void>;
}

/** The machine's own. */
export const systemClock: SupervisionClock = {
	now: Date.now,
	random: Math.random,
	pause: async (ms, signal) => await pause(ms, { signal, keepsAlive: false }).catch(() => {}),
};
