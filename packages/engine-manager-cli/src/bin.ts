#!/usr/bin/env node
import { processEnvironment } from "./environment.ts";
import { interruptedBy } from "./exit/exit-codes.ts";
import { type SignalListener, signalRelay } from "./signal-relay.ts";

/** Signals that end every command. */
const ENDING = ["SIGINT", "SIGTERM"] as const;

/** Signals that a command passes on to a program that it runs. Terminals, systemd and runtimes of containers send them. */
const PASSED_ON = ["SIGHUP", "SIGQUIT", "SIGUSR2"] as const;

/** Time for a slow reader to take the rest of the output once the program that was run has ended, in milliseconds. */
const LAST_WORDS_MS = 5000;

const interrupt = new AbortController();
const relay = signalRelay((name, isAgain) => {
	// The first signal ends the command in good order, the second ends this process at once.
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
	// Every further write may fail, and an engine aborts if it is told to end too often.
	if (failures.has(code)) return;
	failures.add(code);
	if (code === "EPIPE") return relay.deliver("SIGPIPE");
	process.stderr.write(
		`warning: the standard output cannot be written to, and the engine goes on: ${message}\n`,
	);
});

// Loaded after the listeners are there: until then a signal ends this process at once, or is ignored if the process is
// the first of a container.
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
		// The timer keeps nothing alive, so it matters only while output is still to be written.
		if (areSignalsTaken) setTimeout(() => process.exit(), LAST_WORDS_MS).unref();
	});
