import { Writable } from "node:stream";
import { EngineError, type EngineOutput, type ForegroundEngine, runEngine } from "@rivetkit/engine-manager";
import { Command } from "commander";
import type { MakeCommand } from "../command.ts";
import { exitCodeOfStatus, interruptedBy } from "../exit/exit-codes.ts";
import { reportError } from "../exit/report-error.ts";
import { example } from "../flags/example.ts";
import {
	engineOptions,
	type Flags,
	withBinaryFlags,
	withLaunchFlags,
	withOutputFlags,
	withTargetFlags,
} from "../flags/flags.ts";
import { wholeNumber } from "../flags/numbers.ts";
import type { CommandLineIo, TextOutput } from "../io.ts";
import { notifySystemd } from "../notify-systemd.ts";
import { showProgress } from "../progress/show-progress.ts";

interface RunFlags extends Flags {
	readonly grace?: number;
}

/** `run` runs an engine in the foreground. */
export const runCommand: MakeCommand = (io, setExitCode) => {
	const command = new Command("run").description(
		"Run an engine in the foreground, for systemd and containers: its log goes to the standard output, signals are passed on to it, and its exit status is this program's.",
	);
	withOutputFlags(withLaunchFlags(withBinaryFlags(withTargetFlags(command))));
	return command
		.option(
			"--grace <ms>",
			"how long it may take to end by itself before it is killed, in milliseconds (25000)",
			wholeNumber,
		)
		.addHelpText(
			"after",
			example(
				"rivet-enginectl run --bind-host 0.0.0.0 --admin-token-file /run/secrets/admin-token",
				"rivet-enginectl run --postgres-url-file /run/secrets/postgres-url --nats nats.internal:4222",
			),
		)
		.addHelpText(
			"after",
			"\nWhere NOTIFY_SOCKET is set, systemd is told when it is ready. Exit codes: the engine's own, or 128 and the number of the signal that ended it; 1 if it could not be started, 2 for bad usage.",
		)
		.action(async (flags: RunFlags) => setExitCode(await run(flags, io)));
};

async function run(flags: RunFlags, io: CommandLineIo): Promise<number> {
	const starting = new AbortController();
	const early: NodeJS.Signals[] = [];
	let engine: ForegroundEngine | undefined;
	io.takeSignals?.((name) => {
		if (engine !== undefined) return passOn(name, engine);
		early.push(name);
		// A lost reader (SIGPIPE) does not abort the start, which would kill the engine. The engine is stopped when it is ready.
		if (name !== "SIGPIPE") starting.abort(new Error(`Interrupted by ${name}.`));
	});
	try {
		engine = await start(flags, io, AbortSignal.any([io.signal, starting.signal]));
	} catch (error) {
		const interrupted = early.find((name) => name !== "SIGPIPE");
		if (interrupted === undefined) throw error;
		const message = `The start was interrupted by ${interrupted}, and no engine is left of it.`;
		io.stderr.write(`${message}\n`);
		if (flags.json === true) {
			reportError(new EngineError("interrupted", message), io, { json: true, stack: false });
		}
		return interruptedBy(interrupted);
	}
	// These signals came too late to abort the start, and the engine has not received them.
	for (const name of early) passOn(name, engine);
	tellReady(engine, flags, io);
	await notifySystemd(io, {
		status: `engine ${engine.health.version ?? ""} at ${engine.endpoint}`,
		json: flags.json === true,
	});
	return exitCodeOfStatus(await engine.exited);
}

function passOn(name: NodeJS.Signals, engine: ForegroundEngine): void {
	engine.signal(name === "SIGPIPE" ? "SIGTERM" : name);
}

async function start(flags: RunFlags, io: CommandLineIo, signal: AbortSignal): Promise<ForegroundEngine> {
	using progress = showProgress(io, flags.json === true);
	let isSpawned = false;
	const engine = await runEngine({
		...engineOptions(
			{ ...flags, preset: flags.preset ?? "engine-defaults" },
			{ ...io, stderr: progress.stderr },
		),
		signal,
		graceMs: flags.grace,
		output: io.engineOutput ?? asText(io),
		onEvent: (event) => {
			isSpawned ||= event.kind === "spawned";
			// From now on the engine's log is on the same terminal, and the rewritten progress line would overwrite the log.
			if (isSpawned && io.stderr.isTTY === true) progress.end();
			else progress.onEvent(event);
		},
	});
	progress.end();
	return engine;
}

function tellReady({ endpoint, pid, health }: ForegroundEngine, flags: RunFlags, io: CommandLineIo): void {
	const { version } = health;
	const line =
		flags.json === true
			? JSON.stringify({ kind: "ready", endpoint, pid, version })
			: `Rivet engine ${version ?? "of unknown version"} (pid ${pid}) is ready at ${endpoint}.`;
	io.stderr.write(`${line}\n`);
}

function asText({ stdout, stderr }: CommandLineIo): EngineOutput {
	const writable = (output: TextOutput): Writable =>
		new Writable({
			decodeStrings: false,
			write: (chunk, _encoding, done) => {
				output.write(String(chunk));
				done();
			},
		});
	return { stdout: writable(stdout), stderr: writable(stderr) };
}
