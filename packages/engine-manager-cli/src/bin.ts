#!/usr/bin/env node
import { processEnvironment } from "./environment.ts";
import { runCommandLine } from "./run.ts";

/** The shell's convention: 128 plus the number of the signal. */
const INTERRUPTED = { SIGINT: 130, SIGTERM: 143 } as const;

const interrupt = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
	// The first signal ends what is under way in good order; a second one, without a listener, ends us.
	process.once(signal, () => {
		process.exitCode = INTERRUPTED[signal];
		interrupt.abort(new Error(`Interrupted by ${signal}.`));
	});
}
// The reader of a pipe may leave early, as `head` does.
process.stderr.on("error", () => {});
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

/** Those that a person, a terminal, systemd or a container's runtime sends. */
const TAKEN = ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR2"] as const;

/** How long a reader that takes nothing may keep a program from its end that ran another, in milliseconds. */
const LAST_WORDS_MS = 5000;

let areSignalsTaken = false;

function takeSignals(listener: (name: NodeJS.Signals) => void): void {
	areSignalsTaken = true;
	for (const name of TAKEN) process.removeAllListeners(name).on(name, () => listener(name));
	const told = new Set<string | undefined>();
	process.stdout.removeAllListeners("error").on("error", ({ code, message }: NodeJS.ErrnoException) => {
		// Every write may fail from now on, and an engine that is told to end too often aborts.
		if (told.has(code)) return;
		told.add(code);
		if (code === "EPIPE") return listener("SIGPIPE");
		process.stderr.write(
			`warning: the standard output cannot be written to, and the engine goes on: ${message}\n`,
		);
	});
}

void runCommandLine(process.argv.slice(2), {
	stdout: process.stdout,
	stderr: process.stderr,
	environment: processEnvironment(),
	signal: interrupt.signal,
	engineOutput: { stdout: process.stdout, stderr: process.stderr },
	takeSignals,
}).then((code) => {
	process.exitCode = interrupt.signal.aborted ? process.exitCode : code;
	// It only counts while something is still to be written.
	if (areSignalsTaken) setTimeout(() => process.exit(), LAST_WORDS_MS).unref();
});
