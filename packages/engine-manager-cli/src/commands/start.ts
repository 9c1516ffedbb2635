import { startOrReuse } from "@rivetkit/engine-manager";
import { Command } from "commander";
import type { MakeCommand } from "../command.ts";
import { example } from "../flags/example.ts";
import {
	engineOptions,
	type Flags,
	withBinaryFlags,
	withOutputFlags,
	withStartFlags,
	withTargetFlags,
} from "../flags/flags.ts";
import type { CommandLineIo } from "../io.ts";
import { printStarted } from "../output/print-started.ts";
import { showProgress } from "../progress/show-progress.ts";

/** `start` starts an engine, or reuses the running engine. */
export const startCommand: MakeCommand = (io) => {
	const command = new Command("start").description(
		"Start an engine and leave it running, or say which one runs already.",
	);
	withOutputFlags(withStartFlags(withBinaryFlags(withTargetFlags(command))));
	return command
		.addHelpText(
			"after",
			example("rivet-enginectl start", "rivet-enginectl start --bind-port 7420 --instance second"),
		)
		.action(async (flags: Flags) => await start(flags, io));
};

async function start(flags: Flags, io: CommandLineIo): Promise<void> {
	using progress = showProgress(io, flags.json === true);
	const options = engineOptions(flags, { ...io, stderr: progress.stderr });
	await using engine = await startOrReuse({ ...options, onEvent: progress.onEvent });
	progress.end();
	await printStarted(engine, flags, io);
}
