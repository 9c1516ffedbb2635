import type { EngineStatus, Mismatch } from "@rivetkit/engine-manager";
import { engineStatus } from "@rivetkit/engine-manager";
import { Command } from "commander";
import type { MakeCommand } from "../command.ts";
import { example } from "../flags/example.ts";
import {
	engineOptions,
	type Flags,
	withBinaryFlags,
	withClusterFlags,
	withOutputFlags,
	withTargetFlags,
} from "../flags/flags.ts";
import { addFlags } from "../hints/add-flags.ts";
import { type CommandLineIo, printJson, printTable } from "../io.ts";
import { dashboardUrl } from "../output/dashboard-url.ts";

/** `status` reports what is at the endpoint. */
export const statusCommand: MakeCommand = (io, setExitCode) => {
	const command = new Command("status").description(
		"Say whether an engine runs, which one, and whether it is well.",
	);
	withOutputFlags(withClusterFlags(withBinaryFlags(withTargetFlags(command))));
	return command
		.addHelpText("after", example("rivet-enginectl status --json"))
		.addHelpText("after", "\nExit codes: 0 an engine runs, 3 nothing does, 1 something else is there.")
		.action(async (flags: Flags) => {
			const status = await engineStatus(engineOptions(flags, io));
			setExitCode({ running: 0, "not-running": 3, silent: 1, occupied: 1, unresponsive: 1 }[status.kind]);
			if (flags.json === true) printJson(io.stdout, status);
			else printStatus(status, io);
		});
};

function printStatus(status: EngineStatus, io: CommandLineIo): void {
	switch (status.kind) {
		case "running": {
			const { health, record, database } = status;
			io.stdout.write(`Rivet engine ${health.version ?? "of unknown version"} is running.\n\n`);
			printTable(io.stdout, [
				["endpoint", status.endpoint],
				["dashboard", dashboardUrl(status.endpoint)],
				["pid", status.pid === undefined ? "cannot be told" : String(status.pid)],
				["database", describeDatabase(database, record?.postgres)],
				[
					"started",
					record === undefined ? "by another program" : `${record.startedAt}, from ${record.binary.source}`,
				],
				...(record === undefined ? [] : ([["logs", [record.logs.stdout, record.logs.stderr]]] as const)),
			]);
			printMismatch(status.mismatch, io);
			for (const warning of status.warnings) io.stderr.write(`warning: ${addFlags(warning)}\n`);
			return;
		}
		case "not-running": {
			io.stdout.write(`No engine is running at ${status.endpoint}.\n`);
			const { lastStart } = status;
			if (lastStart !== undefined) {
				io.stdout.write(
					`The last one was started at ${lastStart.startedAt}; its logs: ${lastStart.logs.stdout}\n`,
				);
			}
			return;
		}
		case "silent":
			io.stdout.write(
				`An engine (pid ${status.pid}) was started at ${status.record.startedAt} and does not answer at ${status.endpoint}.\n` +
					`Its log: ${status.record.logs.stdout}\n`,
			);
			return;
		case "occupied":
		case "unresponsive": {
			const { holder } = status;
			const who = holder === undefined ? "" : ` It is '${holder.name}' with pid ${holder.pid}.`;
			io.stdout.write(
				`What is at ${status.endpoint} does not answer as an engine: ${addFlags(status.reason)}.${who}\n`,
			);
		}
	}
}

function describeDatabase(
	database: Extract<EngineStatus, { readonly kind: "running" }>["database"],
	postgres: string | undefined,
): string {
	const where = postgres === undefined ? "" : ` (PostgreSQL at ${postgres})`;
	switch (database.kind) {
		case "answers":
			return `answers${where}`;
		case "unauthorized":
			return `not asked${where}: the engine wants its token, or another, by --admin-token-file or RIVETKIT_ENGINE_ADMIN_TOKEN`;
		case "failing":
			return `failing: ${addFlags(database.reason)}${where}`;
	}
}

/** Warns of each setting that differs from the requested value. */
function printMismatch(mismatch: readonly Mismatch[], io: CommandLineIo): void {
	for (const { field, expected, actual } of mismatch) {
		io.stderr.write(`warning: its ${field} is ${actual ?? "unknown"}, while ${expected} was asked for\n`);
	}
}
