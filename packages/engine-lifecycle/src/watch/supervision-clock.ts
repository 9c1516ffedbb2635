import { pause } from "@rivetkit/engine-core";

/** The source of time and chance for the restarts of crashed engines. */
export interface SupervisionClock {
	/** The time in milliseconds since 1970, because other processes, also later ones, read the recorded times. */
	now(): number;
	/** From 0 to 1. */
	random(): number;
	/** Waits without keeping this process alive. Ends early, without an error, if aborted. */
	pause(ms: number, signal: AbortSignal): Promise<void>;
}

/** The clock of this machine. */
export const systemClock: SupervisionClock = {
	now: Date.now,
	random: Math.random,
	pause: async (ms, signal) => await pause(ms, { signal, keepsAlive: false }).catch(() => {}),
};
