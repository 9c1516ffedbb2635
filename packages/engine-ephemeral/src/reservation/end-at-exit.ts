/**
 * Calls `end` when this process exits or a signal ends it, unless the result is disposed of before. `end` must be
 * synchronous.
 *
 * After `end` the signal ends the process as it would have without a listener. If the application listens for the
 * signal too, `end` is not called: the application may carry on, and if it exits, the exit calls `end`.
 *
 * @see https://github.com/tapjs/signal-exit
 */
export async function endAtExit(end: () => void): Promise<Disposable> {
	// Loaded at the first use, since loading it adds a property to the global object.
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
 * Moves the newest listener of a signal before the application's. A listener that the application has added with
 * `once` is gone after its turn, and signal-exit, which counts the listeners in its own turn, would end the process.
 */
function moveToFront(signal: NodeJS.Signals): void {
	const newest = process.listeners(signal).at(-1);
	if (newest === undefined) return;
	// `off` removes the last of two equal listeners.
	process.prependListener(signal, newest);
	process.off(signal, newest);
}
