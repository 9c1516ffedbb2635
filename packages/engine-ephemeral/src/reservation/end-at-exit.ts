/**
 * Calls `end` when this process exits or when a signal ends it, unless the returned object is disposed of before. `end`
 * must be synchronous.
 *
 * After `end`, the signal ends the process as if there were no listener. If the application also listens for the signal,
 * `end` is not called: the application may continue, and when it exits, the exit calls `end`.
 *
 * @see https://github.com/tapjs/signal-exit
 */
export async function endAtExit(end: () => void): Promise<Disposable> {
	// Loaded at the first use, since signal-exit adds a property to the global object.
	const { onExit, signals } = await import("signal-exit");
	const before = signals.map((signal) => process.listenerCount(signal));
	const remove = onExit(() => {
		try {
			end();
		} catch {
			// The other engines must still be ended. The next run removes the files that are left.
		}
	});
	signals.forEach((signal, index) => {
		if (process.listenerCount(signal) > (before[index] ?? 0)) moveToFront(signal);
	});
	return { [Symbol.dispose]: remove };
}

/**
 * Moves the newest listener of a signal (signal-exit's) to the front. signal-exit counts the listeners when it is called.
 * A `once` listener of the application would be gone by then, and signal-exit would end the process.
 */
function moveToFront(signal: NodeJS.Signals): void {
	const newest = process.listeners(signal).at(-1);
	if (newest === undefined) return;
	// `off` removes the last of two equal listeners.
	process.prependListener(signal, newest);
	process.off(signal, newest);
}
