import type { PruneInstancesResult } from "@rivetkit/engine-manager";
import { pruneInstances } from "@rivetkit/engine-manager";
import { Command } from "commander";
import type { MakeCommand } from "../command.ts";
import { example } from "../flags/example.ts";
import { type Flags, storageOptions, withOutputFlags, withStorageFlag } from "../flags/flags.ts";
import { countOf } from "../flags/numbers.ts";
import { type CommandLineIo, printJson } from "../io.ts";
import { formatBytes } from "../output/format-bytes.ts";

interface PruneFlags extends Flags {
	readonly keepLogs: number;
	readonly dryRun?: boolean;
}

/** `prune` removes old files of engines, but never a database. */
export const pruneCommand: MakeCommand = (io, setExitCode) => {
	const command = new Command("prune").description(
		"Remove old logs, and the records of engines that are gone and have no database. Databases are never removed.",
	);
	withOutputFlags(withStorageFlag(command));
	return command
		.option("--keep-logs <pairs>", "how many starts of each engine keep their logs", countOf, 10)
		.option("--dry-run", "only say what would be removed")
		.addHelpText("after", example("rivet-enginectl prune --dry-run", "rivet-enginectl prune --keep-logs 1"))
		.addHelpText("after", "\nExit codes: 0 all of it is removed, 1 something could not be removed.")
		.action(async (flags: PruneFlags) => {
			const { keepLogs, dryRun } = flags;
			const result = await pruneInstances({ ...storageOptions(flags, io), keepLogs, dryRun });
			setExitCode(result.failed.length === 0 ? 0 : 1);
			if (flags.json === true) printJson(io.stdout, result);
			else printResult(result, io);
		});
};

function printResult(
	{ dryRun, removed, kept, failed, freedBytes }: PruneInstancesResult,
	io: CommandLineIo,
): void {
	for (const { path } of removed) io.stdout.write(`${dryRun ? "would remove" : "removed"} ${path}\n`);
	for (const { path, reason } of kept) io.stdout.write(`kept ${path}: ${reason}\n`);
	for (const { path, reason } of failed) io.stderr.write(`could not remove ${path}: ${reason}\n`);
	if (removed.length + failed.length === 0) io.stdout.write("There is nothing to remove.\n");
	const size = formatBytes(freedBytes);
	if (freedBytes > 0)
		io.stdout.write(dryRun ? `${size} would be free again.\n` : `${size} are free again.\n`);
}
