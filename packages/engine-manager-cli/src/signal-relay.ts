/** Called with the name of each signal. */
export type SignalListener = (name: NodeJS.Signals) => void;

/** Passes a process's signals on to a single listener, including signals that came before the listener subscribed. */
export interface SignalRelay {
	/** Passes a signal on, or keeps it until a listener subscribes. */
	readonly deliver: SignalListener;
	/** Passes the kept signals to a listener, and each later signal at once. A new listener replaces the previous one. */
	readonly subscribe: (listener: SignalListener) => void;
}

/**
 * Makes a relay whose `deliver` stays the process's only signal listener until the end, because Node loses a signal that
 * arrives while listeners are exchanged.
 *
 * @param unasked - Called with each signal that comes before a listener has subscribed; `isAgain` is true if a signal of
 * the same name came before.
 */
export function signalRelay(unasked: (name: NodeJS.Signals, isAgain: boolean) => void): SignalRelay {
	const kept: NodeJS.Signals[] = [];
	let subscriber: SignalListener | undefined;
	return {
		deliver: (name) => {
			if (subscriber !== undefined) return subscriber(name);
			const isAgain = kept.includes(name);
			kept.push(name);
			unasked(name, isAgain);
		},
		subscribe: (listener) => {
			subscriber = listener;
			for (const name of kept.splice(0)) listener(name);
		},
	};
}
