import { type Environment, type Logger, pause } from "@rivetkit/engine-core";
import type { ProgressMeter } from "./progress/progress-meter.ts";

/** The time limits of a transfer, in milliseconds. There is no limit for the whole. */
export interface TransferLimits {
	readonly connectMs: number;
	readonly firstByteMs: number;
	/** The longest time between two chunks of a body. */
	readonly idleMs: number;
	/** The longest time to wait for the lock while the file of its holder does not grow. */
	readonly lockMs: number;
}

/** The limits, clock and chance of a transfer, which tests replace. */
export interface TransferSettings {
	readonly limits: TransferLimits;
	/** Waits for some milliseconds; rejects with the signal's reason if aborted. */
	readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
	/** Returns a number from 0 to below 1. */
	readonly random: () => number;
}

/** The settings of a real transfer. */
export const systemTransfer: TransferSettings = {
	// The first byte may take long: the virus scanner of a company's proxy may examine all of a file before it sends any.
	// `lockMs` is longer than the holder of the lock may wait for a first byte and until its next attempt.
	limits: { connectMs: 15_000, firstByteMs: 120_000, idleMs: 60_000, lockMs: 180_000 },
	pause: (ms, signal) => pause(ms, { signal }),
	random: Math.random,
};

/** The settings, signal and listeners that every step of a download needs. */
export interface TransferContext extends TransferSettings {
	/** The environment that names proxies and certificates. */
	readonly environment: Environment;
	readonly unsafelyAllowHttp: boolean;
	readonly logger: Logger;
	readonly meter: ProgressMeter;
	readonly signal: AbortSignal;
}
