import { connectionEnvironment } from "@rivetkit/engine-manager";
import { Command, Option } from "commander";
import type { MakeCommand } from "../command.ts";
import { example } from "../flags/example.ts";
import {
	engineOptions,
	type Flags,
	withInstalledFlags,
	withOutputFlags,
	withTargetFlags,
} from "../flags/flags.ts";
import { addFlags } from "../hints/add-flags.ts";
import { type CommandLineIo, printJson } from "../io.ts";
import { capitalised } from "../output/capitalised.ts";
import { formatVariables, type VariableFormat } from "../variables/format-variables.ts";
import { overridingVariables } from "../variables/overriding-variables.ts";

interface EnvFlags extends Flags {
	readonly format: VariableFormat;
}

/** `env` prints the environment variables with which another program uses the running engine. */
export const envCommand: MakeCommand = (io, setExitCode) => {
	const command = new Command("env").description(
		"Print the variables with which another program uses the engine that runs.",
	);
	withOutputFlags(withInstalledFlags(withTargetFlags(command)));
	return command
		.addOption(
			new Option("--format <format>", "how they are written; --json is the same as json")
				.choices(["shell", "dotenv", "json"])
				.default("shell"),
		)
		.addHelpText(
			"after",
			example(
				'vars="$(rivet-enginectl env)" && eval "$vars" && node server.js',
				"rivet-enginectl env --format dotenv > .env.engine && node --env-file .env.engine server.js",
			),
		)
		.addHelpText(
			"after",
			"\nExit codes: 0 an engine runs; 3 nothing does, 1 something else is there, and nothing is printed but with --json.",
		)
		.action(async (flags: EnvFlags) => {
			const found = await connectionEnvironment(engineOptions(flags, io));
			const format = flags.json === true ? "json" : flags.format;
			if (found.kind !== "available" && format === "json") printJson(io.stdout, found);
			switch (found.kind) {
				case "available": {
					const overriding = overridingVariables(found.variables, io.environment);
					if (format === "shell") io.stdout.write(overriding.map((name) => `unset ${name}\n`).join(""));
					io.stdout.write(formatVariables(found.variables, format));
					warnOf(overriding, format, io);
					if (found.withheld.length > 0) {
						io.stderr.write(
							`warning: what the engine lets somebody in by is not printed; give it in ${found.withheld.join(" and ")}\n`,
						);
					}
					return;
				}
				case "not-running":
					io.stderr.write(
						`${addFlags(capitalised(found.reason))}. Start one with \`rivet-enginectl start\`.\n`,
					);
					return setExitCode(3);
				case "unusable":
					io.stderr.write(
						`What is at ${found.endpoint} cannot be connected to: ${addFlags(found.reason)}.\n`,
					);
					return setExitCode(1);
			}
		});
};

function warnOf(overriding: readonly string[], format: VariableFormat, { stderr }: CommandLineIo): void {
	for (const name of overriding) {
		const what = format === "shell" ? "is unset, since it" : "is to be unset, since it";
		stderr.write(`warning: ${name} ${what} says otherwise, and would count before what is printed\n`);
	}
}
