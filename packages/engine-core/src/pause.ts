import { setTimeout as sleep } from "node:timers/promises";
import { requireKnownOptions } from "./known-options.ts";

/** How to pause. */
export interface PauseOptions {
	/** Ends the pause early; it then rejects with the signal's reason. */
	readonly signal?: AbortSignal | undefined;
	/** True if the pause keeps the process alive. @defaultValue true */
	readonly keepsAlive?: boolean | undefined;
}

const PAUSE_OPTIONS: Readonly<Record<keyof PauseOptions, true>> = { signal: true, keepsAlive: true };

/**
 * Waits for some milliseconds.
 *
 * @throws EngineError `invalid_option` for an unknown option; the signal's reason as soon as the signal is aborted.
 */
export async function pause(ms: number, options: PauseOptions = {}): Promise<void> {
	requireKnownOptions(options, PAUSE_OPTIONS);
	const { signal, keepsAlive = true } = options;
	await sleep(ms, undefined, { signal, ref: keepsAlive }).catch((error: unknown) => {
		// The timer's own error for an abort does not carry the signal's reason.
		signal?.throwIfAborted();
		throw error;
	});
}
