#!/usr/bin/env node
import { processEnvironment } from "./environment.ts";
import { interruptedBy } from "./exit/exit-codes.ts";
import { type SignalListener, signalRelay } from "./signal-relay.ts";

/** Signals that end every command. */
const ENDING = ["SIGINT", "SIGTERM"] as const;

/** Signals that a command passes on to its child program. Terminals, systemd and container runtimes send them. */
const PASSED_ON = ["SIGHUP", "SIGQUIT", "SIGUSR2"] as const;

/** The time for a slow reader to read the rest of the output after the child program has ended, in milliseconds. */
const LAST_WORDS_MS = 5000;

const interrupt = new AbortController();
const relay = signalRelay((name, isAgain) => {
	// The first signal ends the command cleanly, the second signal ends this process at once.
	if (isAgain) return dieOf(name);
	process.exitCode = interruptedBy(name);
	interrupt.abort(new Error(`Interrupted by ${name}.`));
});
for (const name of ENDING) process.on(name, relay.deliver);

function dieOf(name: NodeJS.Signals): void {
	process.off(name, relay.deliver);
	process.kill(process.pid, name);
}

let areSignalsTaken = false;

function takeSignals(listener: SignalListener): void {
	if (!areSignalsTaken) for (const name of PASSED_ON) process.on(name, relay.deliver);
	areSignalsTaken = true;
	relay.subscribe(listener);
}

const failures = new Set<string | undefined>();
process.stderr.on("error", () => {});
process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
	// The reader of a pipe may leave early, as `head` does.
	if (!areSignalsTaken) {
		if (code === "EPIPE") process.exit(0);
		process.stderr.write(`error: The standard output cannot be written to: ${message}\n`);
		process.exit(1);
	}
	// Every further write may fail, too, and an engine aborts if it gets too many signals to end.
	if (failures.has(code)) return;
	failures.add(code);
	if (code === "EPIPE") return relay.deliver("SIGPIPE");
	process.stderr.write(
		`warning: the standard output cannot be written to, and the engine goes on: ${message}\n`,
	);
});

// Loaded only after the listeners are set: without them a signal would end this process at once, or be ignored if this
// process is the first process of a container.
void import("./run.ts")
	.then(({ runCommandLine }) =>
		runCommandLine(process.argv.slice(2), {
			stdout: process.stdout,
			stderr: process.stderr,
			environment: processEnvironment(),
			signal: interrupt.signal,
			engineOutput: { stdout: process.stdout, stderr: process.stderr },
			takeSignals,
		}),
	)
	.then((code) => {
		process.exitCode = interrupt.signal.aborted ? process.exitCode : code;
		// The timer does not keep the process alive, so it only fires while output is still unwritten.
		if (areSignalsTaken) setTimeout(() => process.exit(), LAST_WORDS_MS).unref();
	});
