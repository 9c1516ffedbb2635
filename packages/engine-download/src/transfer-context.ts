import type { Environment, Logger } from "@rivetkit/engine-core";
import { pause } from "@rivetkit/engine-core";
import type { ProgressMeter } from "./progress/progress-meter.ts";

/** How long a transfer waits for what, in milliseconds. There is no limit for the whole. */
export interface TransferLimits {
	readonly connectMs: number;
	readonly firstByteMs: number;
	readonly idleMs: number;
	/** For another process that downloads the same, as long as its file does not grow. */
	readonly lockMs: number;
}

/** What a transfer takes from its surroundings, which tests replace. */
export interface TransferSettings {
	readonly limits: TransferLimits;
	/** Resolves after some milliseconds; rejects with the signal's reason. */
	readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
	/** From 0 to below 1. */
	readonly random: () => number;
}

/** The settings of a real transfer. A virus scanner of a company's proxy may look at all of a file before it passes on the first byte. */
export const systemTransfer: TransferSettings = {
	// For a lock longer than its holder may wait for a first byte and until it tries again.
	limits: { connectMs: 15_000, firstByteMs: 120_000, idleMs: 60_000, lockMs: 180_000 },
	pause: (ms, signal) => pause(ms, { signal }),
	random: Math.random,
};

/** What every step of a download needs. */
export interface TransferContext extends TransferSettings {
	/** Where proxies and certificates are named. */
	readonly environment: Environment;
	readonly unsafelyAllowHttp: boolean;
	readonly logger: Logger;
	readonly meter: ProgressMeter;
	readonly signal: AbortSignal;
}
