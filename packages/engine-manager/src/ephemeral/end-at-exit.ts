/** The signals that end a process which does not listen for them, Ctrl-C and a closed terminal among them. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const ends = new Set<() => void>();

/**
 * Calls `end` when this process exits or gets a signal to, unless it is disposed of before. `end` must do all it
 * does at once. Whatever number of them there is, one listener each listens for the exit and the signals, and none
 * when there is nothing to end.
 *
 * A signal ends the process as it would have, unless the application listens for it too: then that is left to it.
 */
export function endAtExit(end: () => void): Disposable {
	if (ends.size === 0) listen();
	ends.add(end);
	return {
		[Symbol.dispose]: () => {
			if (ends.delete(end) && ends.size === 0) stopListening();
		},
	};
}

function endAll(): void {
	for (const end of [...ends]) {
		ends.delete(end);
		try {
			end();
		} catch {
			// The others are to be ended all the same; what is left is for the next run to remove.
		}
	}
	stopListening();
}

function onSignal(signal: NodeJS.Signals): void {
	endAll();
	if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}

function listen(): void {
	process.on("exit", endAll);
	// First, while all others can still be counted: one that listens once is not there any more when its turn is over.
	for (const signal of SIGNALS) process.prependListener(signal, onSignal);
}

function stopListening(): void {
	process.off("exit", endAll);
	for (const signal of SIGNALS) process.off(signal, onSignal);
}
