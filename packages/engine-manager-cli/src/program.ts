import { createRequire } from "node:module";
import { Command } from "commander";
import { binariesCommand } from "./commands/binaries.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { downloadCommand } from "./commands/download.ts";
import { envCommand } from "./commands/env.ts";
import { ephemeralCommand } from "./commands/ephemeral.ts";
import { execCommand } from "./commands/exec.ts";
import { listCommand } from "./commands/list.ts";
import { logsCommand } from "./commands/logs.ts";
import { pruneCommand } from "./commands/prune.ts";
import { resolveCommand } from "./commands/resolve.ts";
import { restartCommand } from "./commands/restart.ts";
import { runCommand } from "./commands/run.ts";
import { startCommand } from "./commands/start.ts";
import { statusCommand } from "./commands/status.ts";
import { stopCommand } from "./commands/stop.ts";
import { waitCommand } from "./commands/wait.ts";
import { example } from "./flags/example.ts";
import type { CommandLineIo } from "./io.ts";

/** Builds the command line. A command passes an exit code other than 0 to `setExitCode`. */
export function createProgram(io: CommandLineIo, setExitCode: (code: number) => void): Command {
	const program = new Command("rivet-enginectl")
		.description("Start, stop and inspect a Rivet engine on this machine.")
		.version(ownVersion())
		.exitOverride()
		.configureOutput({
			writeOut: (text) => io.stdout.write(text),
			writeErr: (text) => io.stderr.write(text),
			getOutHasColors: () => false,
			getErrHasColors: () => false,
		})
		.showHelpAfterError("(rivet-enginectl --help lists commands and flags)")
		.addHelpText("after", example("rivet-enginectl start && rivet-enginectl status"))
		.addHelpText(
			"after",
			"\nExit codes: 0 done, 1 failed, 2 bad usage, 3 nothing runs (`status`, `wait`, `env`); `run` and `exec` exit as the engine does, `ephemeral` as its command does.",
		);
	const commands = [
		startCommand,
		runCommand,
		stopCommand,
		restartCommand,
		statusCommand,
		waitCommand,
		listCommand,
		logsCommand,
		envCommand,
		doctorCommand,
		pruneCommand,
		resolveCommand,
		execCommand,
		ephemeralCommand,
		downloadCommand,
		binariesCommand,
	];
	for (const make of commands) {
		const command = make(io, setExitCode).copyInheritedSettings(program);
		for (const nested of command.commands) nested.copyInheritedSettings(program);
		if (command.registeredArguments.some(({ variadic }) => variadic)) {
			command.showHelpAfterError(
				`(what is run stands after two dashes; rivet-enginectl ${command.name()} --help shows an example)`,
			);
		}
		program.addCommand(command);
	}
	return program;
}

function ownVersion(): string {
	const manifest: { readonly version: string } = createRequire(import.meta.url)("../package.json");
	return manifest.version;
}
