import { type EphemeralEngine, startEphemeralEngine } from "@rivetkit/engine-ephemeral";
import { connectionEnvironment, EngineError, type Environment } from "@rivetkit/engine-manager";
import { Command } from "commander";
import { takeCommandSignals } from "../child/command-signals.ts";
import { type RunningCommand, spawnCommand } from "../child/spawn-command.ts";
import type { MakeCommand } from "../command.ts";
import { exitCodeOfStatus, interruptedBy } from "../exit/exit-codes.ts";
import { example } from "../flags/example.ts";
import { engineOptions, type Flags, withBinaryFlags } from "../flags/flags.ts";
import { withFlagsOf } from "../flags/table-flags.ts";
import type { CommandLineIo } from "../io.ts";
import { showProgress } from "../progress/show-progress.ts";
import { overridingVariables } from "../variables/overriding-variables.ts";

interface EphemeralFlags extends Flags {
	readonly keepOnFailure?: boolean;
}

/** `ephemeral` runs a command with a throw-away engine. */
export const ephemeralCommand: MakeCommand = (io, setExitCode) => {
	const command = new Command("ephemeral").description(
		"Run a command with a throw-away engine, such as a test suite: on free ports, with an empty storage, and removed afterwards.",
	);
	withFlagsOf(withBinaryFlags(command), ["preset", "startTimeoutMs"]);
	return command
		.option("--keep-on-failure", "keep the files of an engine that did not start, or ended by itself")
		.option("--verbose", "print what is done to standard error (DEBUG=rivet)")
		.argument("<command...>", "the command and its arguments, after two dashes")
		.addHelpText(
			"after",
			example("rivet-enginectl ephemeral -- node --test", "rivet-enginectl ephemeral -- cargo test"),
		)
		.addHelpText(
			"after",
			"\nThe command has RIVET_ENDPOINT set, and what `rivet-enginectl env` prints. Signals are passed on to it. The engine is removed when the command ends; processes that the command has left running are not waited for, and not ended.",
		)
		.addHelpText(
			"after",
			"\nExit codes: the command's own, or 128 and the number of the signal that ended it; 126 if it cannot be executed, 127 if it is not found; 1 if the engine could not be started, 2 for bad usage.",
		)
		.action(async (args: readonly [string, ...string[]], flags: EphemeralFlags) =>
			setExitCode(await ephemeral(args, flags, io)),
		);
};

async function ephemeral(
	args: readonly [string, ...string[]],
	flags: EphemeralFlags,
	io: CommandLineIo,
): Promise<number> {
	const signals = takeCommandSignals(io);
	const { preparation } = signals;
	try {
		const engine = await start(flags, io, preparation);
		try {
			const environment = await environmentFor(engine, io.environment, preparation);
			preparation.throwIfAborted();
			return await exitCodeOf(args, io, () => {
				const [file, ...rest] = args;
				const command = spawnCommand(file, rest, environment);
				signals.passOnTo(command);
				return command;
			});
		} finally {
			await remove(engine, io);
		}
	} catch (error) {
		const interrupted = signals.interruption();
		if (interrupted === undefined) throw error;
		io.stderr.write(`The start was interrupted by ${interrupted}, and no engine is left of it.\n`);
		return interruptedBy(interrupted);
	}
}

async function start(
	flags: EphemeralFlags,
	io: CommandLineIo,
	signal: AbortSignal,
): Promise<EphemeralEngine> {
	using progress = showProgress(io, false);
	const { binaryPath, cargoRoot, version, autoDownload, releasesEndpoint, unsafelyAllowHttp, ...others } =
		engineOptions(flags, { ...io, stderr: progress.stderr });
	const { preset, startTimeoutMs, environment, logger } = others;
	const engine = await startEphemeralEngine({
		...{ binaryPath, cargoRoot, version, autoDownload, releasesEndpoint, unsafelyAllowHttp },
		...{ preset, environment, signal },
		timeoutMs: startTimeoutMs,
		keepOnFailure: flags.keepOnFailure,
		// The library logs an error if the engine ends, but the command continues without the engine.
		logger: logger && { ...logger, error: logger.warn },
		onEvent: progress.onEvent,
	});
	progress.end();
	const { endpoint, startup } = engine;
	io.stderr.write(
		`Rivet engine ${startup.version ?? "of unknown version"} (pid ${startup.pid}) is ready at ${endpoint}.\n`,
	);
	return engine;
}

/** Returns this process's environment variables, changed so that the command and its children use the engine. */
async function environmentFor(
	{ endpoint, storagePath }: EphemeralEngine,
	inherited: Environment,
	signal: AbortSignal,
): Promise<Environment> {
	const entries = Object.entries(inherited);
	const found = await connectionEnvironment({
		endpoint,
		instancePath: storagePath,
		// Without the variables for another engine, such as the engine of an outer `ephemeral`.
		environment: Object.fromEntries(entries.filter(([name]) => !name.startsWith("RIVET"))),
		signal,
	});
	if (found.kind !== "available") {
		throw new EngineError(
			"health_check_failed",
			`The throw-away engine at '${endpoint}' ended before the command was started: ${found.reason}.`,
		);
	}
	const overriding = overridingVariables(found.variables, inherited);
	return {
		...Object.fromEntries(entries.filter(([name]) => !overriding.includes(name))),
		...found.variables,
	};
}

/** Runs a command to its end. If the command cannot be started, the exit code is that of a shell: 126 or 127. */
async function exitCodeOf(
	[file]: readonly [string, ...string[]],
	{ stderr }: CommandLineIo,
	spawn: () => RunningCommand,
): Promise<number> {
	try {
		return exitCodeOfStatus(await spawn().exited);
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException;
		const isMissing = code === "ENOENT";
		stderr.write(
			`error: The command '${file}' ${isMissing ? "was not found" : `cannot be executed: ${message}`}.\n`,
		);
		return isMissing ? 127 : 126;
	}
}

/** Removes the engine. A failure is only a warning, so that the exit code stays the command's. */
async function remove(engine: EphemeralEngine, { stderr }: CommandLineIo): Promise<void> {
	try {
		await engine[Symbol.asyncDispose]();
	} catch (error) {
		stderr.write(
			`warning: the throw-away engine could not be removed, which the next start tries again: ${(error as Error).message}\n`,
		);
	}
}
