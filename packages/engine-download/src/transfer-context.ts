import { type Environment, type Logger, pause } from "@rivetkit/engine-core";
import type { ProgressMeter } from "./progress/progress-meter.ts";

/** The time limits of a transfer, in milliseconds. The whole transfer has no limit. */
export interface TransferLimits {
	readonly connectMs: number;
	readonly firstByteMs: number;
	/** The maximum time between two chunks of a body. */
	readonly idleMs: number;
	/** The maximum time to wait for the lock while the holder's file does not grow. */
	readonly lockMs: number;
}

/** The limits, pauses and random numbers of a transfer. Tests replace them. */
export interface TransferSettings {
	readonly limits: TransferLimits;
	/** Waits for some milliseconds; rejects with the signal's reason if aborted. */
	readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
	/** Returns a number from 0 to below 1. */
	readonly random: () => number;
}

/** The settings of a real transfer. */
export const systemTransfer: TransferSettings = {
	// The first byte may take long: a company proxy may scan the whole file for viruses before it sends a byte.
	// `lockMs` is longer than the holder's wait for a first byte plus its pause before the next attempt.
	limits: { connectMs: 15_000, firstByteMs: 120_000, idleMs: 60_000, lockMs: 180_000 },
	pause: (ms, signal) => pause(ms, { signal }),
	random: Math.random,
};

/** The settings, signal and listeners that every step of a download needs. */
export interface TransferContext extends TransferSettings {
	/** The environment variables, some of which name proxies and certificates. */
	readonly environment: Environment;
	readonly unsafelyAllowHttp: boolean;
	readonly logger: Logger;
	readonly meter: ProgressMeter;
	readonly signal: AbortSignal;
}
