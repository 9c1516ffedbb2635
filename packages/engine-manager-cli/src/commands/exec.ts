import {
	type EngineCommand,
	EngineError,
	type EngineEvent,
	engineInvocation,
} from "@rivetkit/engine-manager";
import { Command } from "commander";
import { takeCommandSignals } from "../child/command-signals.ts";
import { type RunningCommand, spawnCommand } from "../child/spawn-command.ts";
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

/** `exec` runs the engine binary with given arguments. */
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
	const signals = takeCommandSignals(io);
	let command: EngineCommand;
	let child: RunningCommand;
	try {
		command = await prepare(args, flags, io, signals.preparation);
		signals.preparation.throwIfAborted();
		child = spawnCommand(command.file, command.args, command.env);
		signals.passOnTo(child);
	} catch (error) {
		const interrupted = signals.interruption();
		if (interrupted === undefined) throw error;
		io.stderr.write(`error: Interrupted by ${interrupted}.\n`);
		return interruptedBy(interrupted);
	}
	try {
		return exitCodeOfStatus(await child.exited);
	} catch (cause) {
		const message = `Engine binary '${command.file}' could not be started: ${(cause as Error).message}.`;
		throw new EngineError("binary_not_executable", message, { metadata: { path: command.file }, cause });
	}
}

async function prepare(
	args: readonly string[],
	flags: Flags,
	io: CommandLineIo,
	signal: AbortSignal,
): Promise<EngineCommand> {
	using progress = showProgress(io, false);
	const onEvent = (event: EngineEvent): void => {
		// Other steps take no time, and would only add lines to the engine's output.
		if (event.kind === "downloading" || event.kind === "settling") progress.onEvent(event);
	};
	const options = engineOptions(flags, { ...io, stderr: progress.stderr });
	const invocation = await engineInvocation({ ...options, signal, onEvent }, args);
	progress.end();
	return invocation;
}
