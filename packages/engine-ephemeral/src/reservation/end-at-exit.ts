/** The signals that end a process which does not listen for them, Ctrl-C and a closed terminal among them. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const ends = new Set<() => void>();

/**
 * Calls `end` when this process exits or gets a signal to, unless it is disposed of before. `end` must do all it
 * does at once. Whatever number of them there is, one listener each listens for the exit and the signals, and none
 * when there is nothing to end.
 *
 * A signal ends the process as it would have. If the application listens for it too, nothing is done: it may mean to
 * carry on, and if it does not, its exit comes.
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

/** Marks the listeners of every copy of this package, which are not to wait for each other. */
const MARK = Symbol.for("@rivetkit/engine-manager.end-at-exit");

const onSignal = Object.assign(
	(signal: NodeJS.Signals): void => {
		const others = process.listeners(signal).filter((listener) => !Object.hasOwn(listener, MARK));
		if (others.length > signalExitCount()) return;
		endAll();
		if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
	},
	{ [MARK]: true },
);

/**
 * How many listeners the package `signal-exit` has for each signal. They end the process if there are no others, so
 * to leave it to them would be to wait for each other.
 *
 * @see https://github.com/tapjs/signal-exit/blob/main/src/index.ts, which counts its older versions likewise
 */
function signalExitCount(): number {
	const emitters: readonly unknown[] = [
		Reflect.get(globalThis, Symbol.for("signal-exit emitter")),
		Reflect.get(process, "__signal_exit_emitter__"),
	];
	return emitters.reduce<number>((sum, emitter) => {
		const { count } = (emitter ?? {}) as { readonly count?: unknown };
		return typeof count === "number" ? sum + count : sum;
	}, 0);
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
