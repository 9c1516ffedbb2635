import { stopEngine } from "@rivetkit/engine-manager";
import { Command } from "commander";
import type { MakeCommand } from "../command.ts";
import { example } from "../flags/example.ts";
import {
	engineOptions,
	type Flags,
	type StopFlags,
	withOutputFlags,
	withStopFlags,
	withTargetFlags,
} from "../flags/flags.ts";
import { printJson } from "../io.ts";
import { describeStopped } from "../output/describe-stopped.ts";

/** `stop` stops the engine after it has proven that the process is the right engine. */
export const stopCommand: MakeCommand = (io) => {
	const command = new Command("stop").description(
		"Stop the engine of this storage. One that nobody has recorded is left alone unless forced; a process that is not proven to be that engine, always.",
	);
	withOutputFlags(withStopFlags(withTargetFlags(command)));
	return command
		.addHelpText("after", example("rivet-enginectl stop"))
		.action(async (flags: Flags & StopFlags) => {
			const { grace: graceMs, force } = flags;
			const result = await stopEngine({ ...engineOptions(flags, io), graceMs, force });
			if (flags.json === true) return printJson(io.stdout, result);
			switch (result.kind) {
				case "stopped":
					io.stdout.write(`${describeStopped(result)}\n`);
					return;
				case "not-running":
					io.stdout.write(`No engine is running at ${result.endpoint}.\n`);
					if (result.detail !== undefined) io.stdout.write(`Note: ${result.detail}.\n`);
			}
		});
};
