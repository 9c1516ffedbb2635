/** Hears of a signal. */
export type SignalListener = (name: NodeJS.Signals) => void;

/** Hands the signals of a process on to whoever asks for them, also those that came before that. */
export interface SignalRelay {
	/** Hands a signal on, or keeps it until somebody asks. */
	readonly deliver: SignalListener;
	/** Hands over what was kept, and from then on each signal at once. Signals have one listener: the last that asked. */
	readonly subscribe: (listener: SignalListener) => void;
}

/**
 * Makes a relay that is to listen as long as its process lives: what comes while listeners are exchanged, Node drops.
 *
 * @param unasked - Told of each signal that comes before anybody has asked, and whether one of that name came before.
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
