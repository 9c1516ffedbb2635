import { setTimeout as sleep } from "node:timers/promises";

/** What ends a pause early, and what it does to the process. */
export interface PauseOptions {
	readonly signal?: AbortSignal | undefined;
	/** Whether the pause keeps the process alive. @defaultValue true */
	readonly keepsAlive?: boolean | undefined;
}

/**
 * Waits for some milliseconds.
 *
 * @throws The signal's reason, at once, if aborted.
 */
export async function pause(ms: number, { signal, keepsAlive = true }: PauseOptions = {}): Promise<void> {
	await sleep(ms, undefined, { signal, ref: keepsAlive }).catch((error: unknown) => {
		// The timer's own error for an abort says nothing of why.
		signal?.throwIfAborted();
		throw error;
	});
}
