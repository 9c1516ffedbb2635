import { type ChildProcess, spawn } from "node:child_process";
import {
	type EngineCommand,
	EngineError,
	type EngineEvent,
	type ExitStatus,
	engineInvocation,
} from "@rivetkit/engine-manager";
import { Command } from "commander";
import type { MakeCommand } from "../command.ts";
import { exitCodeOfStatus, interruptedBy } from "../exit/exit-codes.ts";
import { example } from "../flags/example.ts";
import {
	engineOptions,
	type Flags,
	withBinaryFlags,
	withLaunchFlags,
	withTargetFlags,
} from "../flags/flags.ts";
import type { CommandLineIo } from "../io.ts";
import { showProgress } from "../progress/show-progress.ts";

/** `exec` runs a command of the engine's own binary. */
export const execCommand: MakeCommand = (io, setExitCode) => {
	const command = new Command("exec").description(
		"Run a command of the engine's binary with the configuration that `start` gives it.",
	);
	withLaunchFlags(withBinaryFlags(withTargetFlags(command)));
	return command
		.option("--verbose", "print what is done to standard error (DEBUG=rivet)")
		.argument("<arguments...>", "the engine's own, after two dashes")
		.addHelpText("after", example("rivet-enginectl exec -- config show", "rivet-enginectl exec -- --help"))
		.addHelpText("after", "\nExit codes: the engine's own; 1 if it could not be run, 2 for bad usage.")
		.action(async (args: readonly string[], flags: Flags) => setExitCode(await exec(args, flags, io)));
};

async function exec(args: readonly string[], flags: Flags, io: CommandLineIo): Promise<number> {
	const preparing = new AbortController();
	let interrupted: NodeJS.Signals | undefined;
	let child: ChildProcess | undefined;
	let exited: Promise<ExitStatus>;
	// Signals are taken before all else: one may come as soon as the child runs.
	io.takeSignals?.((name) => {
		if (child !== undefined) return void child.kill(name);
		interrupted ??= name;
		preparing.abort(new Error(`Interrupted by ${name}.`));
	});
	const signal = AbortSignal.any([io.signal, preparing.signal]);
	try {
		const { file, args: all, env } = await prepare(args, flags, io, signal);
		signal.throwIfAborted();
		child = spawn(file, [...all], { env: { ...env }, stdio: "inherit" });
		exited = exitOf(child, file);
	} catch (error) {
		if (interrupted === undefined) throw error;
		io.stderr.write(`error: Interrupted by ${interrupted}.\n`);
		return interruptedBy(interrupted);
	}
	return exitCodeOfStatus(await exited);
}

async function prepare(
	args: readonly string[],
	flags: Flags,
	io: CommandLineIo,
	signal: AbortSignal,
): Promise<EngineCommand> {
	using progress = showProgress(io, false);
	const onEvent = (event: EngineEvent): void => {
		// Other steps take no time, and would only add lines to the output of the engine.
		if (event.kind === "downloading" || event.kind === "settling") progress.onEvent(event);
	};
	const options = engineOptions(flags, { ...io, stderr: progress.stderr });
	const invocation = await engineInvocation({ ...options, signal, onEvent }, args);
	progress.end();
	return invocation;
}

async function exitOf(child: ChildProcess, file: string): Promise<ExitStatus> {
	return await new Promise((resolve, reject) => {
		child.once("error", (cause) => {
			const message = `Engine binary '${file}' could not be started: ${cause.message}.`;
			reject(new EngineError("binary_not_executable", message, { metadata: { path: file }, cause }));
		});
		child.once("exit", (code, signal) => {
			if (signal !== null) resolve({ kind: "signaled", signal });
			else resolve(code === null ? { kind: "unknown" } : { kind: "exited", code });
		});
	});
}
