import type { EngineInstance } from "@rivetkit/engine-manager";
import { listInstances, readStorageRoot } from "@rivetkit/engine-manager";
import { Command } from "commander";
import type { MakeCommand } from "../command.ts";
import { example } from "../flags/example.ts";
import { type Flags, storageOptions, withOutputFlags, withStorageFlag } from "../flags/flags.ts";
import { addFlags } from "../hints/add-flags.ts";
import { printJson } from "../io.ts";
import { formatDuration } from "../output/format-duration.ts";
import { printColumns } from "../output/print-columns.ts";

/** `list` prints every instance of a storage root and its state. */
export const listCommand: MakeCommand = (io) => {
	const command = new Command("list").description("List the engines of a storage root, running or not.");
	withOutputFlags(withStorageFlag(command));
	return command
		.addHelpText(
			"after",
			example("rivet-enginectl list", "rivet-enginectl list --storage-root ./.rivetkit --json"),
		)
		.action(async (flags: Flags) => {
			const options = storageOptions(flags, io);
			const instances = await listInstances(options);
			if (flags.json === true) return printJson(io.stdout, instances);
			if (instances.length === 0) {
				const { value: root } = readStorageRoot(options, io.environment);
				io.stdout.write(`No engine is recorded in '${root}'.\n`);
				return;
			}
			printColumns(
				io.stdout,
				["INSTANCE", "STATE", "ENDPOINT", "VERSION", "PID", "UPTIME"],
				instances.map(rowOf),
			);
			const remarks = instances.flatMap((instance) => remarkOn(instance) ?? []);
			if (remarks.length > 0) io.stdout.write(`\n${remarks.join("\n")}\n`);
		});
};

function rowOf(instance: EngineInstance): readonly string[] {
	const pid = "pid" in instance ? instance.pid : undefined;
	const uptime = "uptimeMs" in instance ? formatDuration(instance.uptimeMs) : undefined;
	const { kind, endpoint, version } = instance;
	return [nameOf(instance), kind, endpoint ?? "-", version ?? "-", String(pid ?? "-"), uptime ?? "-"];
}

function nameOf({ name }: EngineInstance): string {
	return name === "" ? "(default)" : name;
}

/** Returns the facts about an instance that its row has no column for. */
function remarkOn(instance: EngineInstance): string | undefined {
	switch (instance.kind) {
		case "running":
		case "starting":
			return undefined;
		case "unresponsive":
		case "stale":
		case "foreign":
		case "unknown":
			return `${nameOf(instance)}: ${addFlags(instance.reason)}`;
		case "stopped": {
			const { startedAt, detail } = instance;
			const remark =
				detail ?? (startedAt === undefined ? "no start is recorded" : `last started at ${startedAt}`);
			return `${nameOf(instance)}: ${remark}`;
		}
	}
}
