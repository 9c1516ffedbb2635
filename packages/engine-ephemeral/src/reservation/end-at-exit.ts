/** Signals that end a process which does not listen for them, among them Ctrl-C and a closed terminal. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const ends = new Set<() => void>();

/**
 * Calls `end` when this process exits or a signal ends it, unless the result is disposed of before. `end` must be
 * synchronous. There is one listener for the exit and one for each signal, however many calls there are, and none
 * while there is nothing to end.
 *
 * After `end` the signal ends the process as it would have without the listener. If the application listens for the
 * signal too, `end` is not called: the application may carry on, and if it exits, the exit calls `end`.
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
			// The other engines must still be ended. The next run removes the files that are left.
		}
	}
	stopListening();
}

/** Marks the listeners of every copy of this package, so that they do not wait for each other. */
const MARK = Symbol.for("@rivetkit/engine-ephemeral.end-at-exit");

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
 * Counts the listeners that the package `signal-exit` has for each signal. They end the process if nobody else
 * listens, so if we counted them as an application's, both would wait for each other.
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
	// Our listener must come first: a listener that was added with `once` is gone after its turn and could not be
	// counted.
	for (const signal of SIGNALS) process.prependListener(signal, onSignal);
}

function stopListening(): void {
	process.off("exit", endAll);
	for (const signal of SIGNALS) process.off(signal, onSignal);
}
