import { listEngineBinaries, pruneEngineBinaries } from "@rivetkit/engine-manager";
import { Command } from "commander";
import type { MakeCommand } from "../command.ts";
import { example } from "../flags/example.ts";
import { engineOptions, type Flags, withOutputFlags, withStorageFlag } from "../flags/flags.ts";
import { countOf } from "../flags/numbers.ts";
import { printJson, printTable } from "../io.ts";
import { formatBytes } from "../output/format-bytes.ts";

/** `binaries` lists the downloaded engines, and `binaries prune` removes old engines. */
export const binariesCommand: MakeCommand = (io, setExitCode) => {
	const command = new Command("binaries").description("List the engines that are downloaded.");
	withOutputFlags(withStorageFlag(command));
	return command
		.addHelpText("after", example("rivet-enginectl binaries", "rivet-enginectl binaries prune --keep 2"))
		.addCommand(pruneCommand(io, setExitCode))
		.action(async (_: Flags, self: Command) => {
			const flags = self.optsWithGlobals<Flags>();
			const engines = await listEngineBinaries(engineOptions(flags, io));
			if (flags.json === true) return printJson(io.stdout, engines);
			if (engines.length === 0) io.stdout.write("No engine is downloaded.\n");
			for (const { version, path, sizeBytes, state, sha256, lastUsedAt } of engines) {
				io.stdout.write(`${version}\n`);
				printTable(io.stdout, [
					["path", path],
					["size", formatBytes(sizeBytes)],
					["sha256", sha256 ?? UNVERIFIED[state]],
					["last use", lastUsedAt ?? "not known"],
				]);
			}
		});
};

/** Reasons why an engine has no digest. */
const UNVERIFIED = {
	verified: "",
	altered: "it has changed since it was installed",
	unverified: "not verified: another tool has put it there",
} as const;

const pruneCommand: MakeCommand = (io) => {
	const command = new Command("prune").description(
		"Remove the downloaded engines of all but the newest versions, and what interrupted downloads have left.",
	);
	withOutputFlags(withStorageFlag(command));
	return command
		.requiredOption("--keep <count>", "how many versions to keep", countOf)
		.addHelpText("after", example("rivet-enginectl binaries prune --keep 2"))
		.action(async (_: Flags, self: Command) => {
			// `binaries` has the same flags, and commander may give them to it.
			const flags = self.optsWithGlobals<Flags & { readonly keep: number }>();
			const result = await pruneEngineBinaries({ ...engineOptions(flags, io), keep: flags.keep });
			if (flags.json === true) return printJson(io.stdout, result);
			for (const { path } of result.removed) io.stdout.write(`removed ${path}\n`);
			io.stdout.write(`${formatBytes(result.freedBytes)} are free again.\n`);
		});
};
