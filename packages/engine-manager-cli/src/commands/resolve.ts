import { findEngineBinary } from "@rivetkit/engine-manager";
import { Command } from "commander";
import type { MakeCommand } from "../command.ts";
import { example } from "../flags/example.ts";
import {
	engineOptions,
	type Flags,
	withBinaryFlags,
	withOutputFlags,
	withStorageFlag,
} from "../flags/flags.ts";
import { addFlags } from "../hints/add-flags.ts";
import { printJson, printTable } from "../io.ts";

/** `resolve` prints the binary that a start would execute. */
export const resolveCommand: MakeCommand = (io) => {
	const command = new Command("resolve").description(
		"Print the engine binary that a start would use, and why.",
	);
	withOutputFlags(withBinaryFlags(withStorageFlag(command)));
	return command
		.option("--quiet", "print the path only")
		.addHelpText(
			"after",
			example("rivet-enginectl resolve", '"$(rivet-enginectl resolve --quiet)" --version'),
		)
		.action(async (flags: Flags & { readonly quiet?: boolean }) => {
			const binary = await findEngineBinary(engineOptions(flags, io));
			if (flags.json === true) return printJson(io.stdout, binary);
			io.stdout.write(`${binary.path}\n`);
			if (flags.quiet === true) return;
			io.stdout.write("\n");
			printTable(io.stdout, [
				["source", binary.source],
				["version", binary.version ?? "it does not say"],
				...binary.declined.map(({ source, reason }) => [source, `declined: ${addFlags(reason)}`] as const),
			]);
		});
};
