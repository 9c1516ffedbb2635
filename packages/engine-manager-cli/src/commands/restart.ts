import { restartEngine } from "@rivetkit/engine-manager";
import { Command } from "commander";
import type { MakeCommand } from "../command.ts";
import { example } from "../flags/example.ts";
import {
	engineOptions,
	type Flags,
	type StopFlags,
	withBinaryFlags,
	withOutputFlags,
	withStartFlags,
	withStopFlags,
	withTargetFlags,
} from "../flags/flags.ts";
import type { CommandLineIo } from "../io.ts";
import { describeStopped } from "../output/describe-stopped.ts";
import { printStarted } from "../output/print-started.ts";
import { showProgress } from "../progress/show-progress.ts";

/** `restart` stops the engine and starts a new engine in its place. */
export const restartCommand: MakeCommand = (io) => {
	const command = new Command("restart").description(
		"Stop the engine that this tool has started, and start one in its place, or start one if none runs. Nothing is stopped before the new one is at hand, nor while other programs are connected.",
	);
	withOutputFlags(withStopFlags(withStartFlags(withBinaryFlags(withTargetFlags(command)))));
	return command
		.addHelpText(
			"after",
			example("rivet-enginectl restart", "rivet-enginectl restart --engine-version 2.3.19 --force"),
		)
		.action(async (flags: Flags & StopFlags) => await restart(flags, io));
};

async function restart(flags: Flags & StopFlags, io: CommandLineIo): Promise<void> {
	const { grace: graceMs, force } = flags;
	using progress = showProgress(io, flags.json === true);
	const { stopped, engine } = await restartEngine({
		...engineOptions(flags, { ...io, stderr: progress.stderr }),
		graceMs,
		force,
		onEvent: progress.onEvent,
	});
	await using _ = engine;
	progress.end();
	if (flags.json !== true && stopped.kind === "stopped") io.stdout.write(`${describeStopped(stopped)}\n`);
	await printStarted(engine, flags, io, { stopped });
}
