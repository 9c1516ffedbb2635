import type { CommandLineIo } from "../io.ts";
import type { RunningCommand } from "./spawn-command.ts";

/** The signals that this process gets while it prepares a command and runs it. */
export interface CommandSignals {
	/** Aborted if the tool is interrupted, or if a signal comes before the command runs. */
	readonly preparation: AbortSignal;
	/** Returns the first signal that came before the command ran. */
	readonly interruption: () => NodeJS.Signals | undefined;
	/** From now on, passes signals on to the command. */
	readonly passOnTo: (command: RunningCommand) => void;
}

/** Takes the signals of this process. Has to be called before anything else: a signal may come at any moment. */
export function takeCommandSignals(io: CommandLineIo): CommandSignals {
	const preparing = new AbortController();
	let interruption: NodeJS.Signals | undefined;
	let running: RunningCommand | undefined;
	io.takeSignals?.((name) => {
		if (running !== undefined) return running.passOn(name);
		interruption ??= name;
		preparing.abort(new Error(`Interrupted by ${name}.`));
	});
	return {
		preparation: AbortSignal.any([io.signal, preparing.signal]),
		interruption: () => interruption,
		passOnTo: (command) => {
			running = command;
		},
	};
}
