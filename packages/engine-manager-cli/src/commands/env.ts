import { connectionEnvironment } from "@rivetkit/engine-manager";
import { Command, Option } from "commander";
import type { MakeCommand } from "../command.ts";
import { example } from "../example.ts";
import { engineOptions, type Flags, withBinaryFlags, withOutputFlags, withTargetFlags } from "../flags.ts";
import { formatVariables, type VariableFormat } from "../format-variables.ts";

interface EnvFlags extends Flags {
	readonly format: VariableFormat;
}

/** `env`: what another program needs to use the engine that runs. */
export const envCommand: MakeCommand = (io, setExitCode) => {
	const command = new Command("env").description(
		"Print the variables with which another program uses the engine that runs.",
	);
	withOutputFlags(withBinaryFlags(withTargetFlags(command)));
	return command
		.addOption(
			new Option("--format <format>", "how they are written; --json is the same as json")
				.choices(["shell", "dotenv", "json"])
				.default("shell"),
		)
		.addHelpText(
			"after",
			example(
				'eval "$(rivet-enginectl env)" && node server.js',
				"rivet-enginectl env --format dotenv > .env && node --env-file .env server.js",
			),
		)
		.addHelpText(
			"after",
			"\nExit codes: 0 an engine runs; 3 nothing does, 1 something else is there, and nothing is printed.",
		)
		.action(async (flags: EnvFlags) => {
			const found = await connectionEnvironment(engineOptions(flags, io));
			switch (found.kind) {
				case "available":
					io.stdout.write(formatVariables(found.variables, flags.json === true ? "json" : flags.format));
					if (found.withheld.length > 0) {
						io.stderr.write(
							`warning: what the endpoint's credentials say is not printed; give it in ${found.withheld.join(" and ")}\n`,
						);
					}
					return;
				case "not-running":
					io.stderr.write(
						`No engine is running at ${found.endpoint}. Start one with \`rivet-enginectl start\`.\n`,
					);
					return setExitCode(3);
				case "unusable":
					io.stderr.write(`What is at ${found.endpoint} cannot be connected to: ${found.reason}.\n`);
					return setExitCode(1);
			}
		});
};
