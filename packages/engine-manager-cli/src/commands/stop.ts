import { stopEngine } from "@rivetkit/engine-manager";
import { Command } from "commander";
import type { MakeCommand } from "../command.ts";
import { example } from "../example.ts";
import { engineOptions, type Flags, wholeNumber, withOutputFlags, withTargetFlags } from "../flags.ts";
import { printJson } from "../io.ts";

/** `stop`: stop the engine, after proof that it is the one that is meant. */
export const stopCommand: MakeCommand = (io) => {
	const command = new Command("stop").description(
		"Stop the engine of this storage, whoever started it. A process that is not proven to be it is left alone.",
	);
	withOutputFlags(withTargetFlags(command));
	return command
		.option(
			"--grace <ms>",
			"how long it may take to end by itself before it is killed, in milliseconds",
			wholeNumber,
		)
		.addHelpText("after", example("rivet-enginectl stop"))
		.action(async (flags: Flags & { readonly grace?: number }) => {
			const result = await stopEngine({ ...engineOptions(flags, io), graceMs: flags.grace });
			if (flags.json === true) return printJson(io.stdout, result);
			switch (result.kind) {
				case "stopped": {
					const how =
						result.outcome === "killed" ? "was killed, since it did not end in time" : "has stopped";
					io.stdout.write(`The engine at ${result.endpoint} (pid ${result.pid}) ${how}.\n`);
					return;
				}
				case "not-running":
					io.stdout.write(`No engine is running at ${result.endpoint}.\n`);
					if (result.detail !== undefined) io.stdout.write(`Note: ${result.detail}.\n`);
			}
		});
};
