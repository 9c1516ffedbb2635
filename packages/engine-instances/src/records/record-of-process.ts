import path from "node:path";
import { instanceLayout } from "@rivetkit/engine-core";
import { judgeRecord } from "./living-record.ts";
import { type EngineRecord, readRecords } from "./record.ts";

/** The name of an engine's configuration file, which is beside its record. */
const CONFIG_NAME = path.basename(instanceLayout("/").configPath);

/**
 * Finds the record of an engine that was started on another storage: the record beside the configuration file in the
 * engine's arguments. Undefined if there is no such record, or if it is about another process.
 */
export async function recordOfProcess(pid: number): Promise<EngineRecord | undefined> {
	const file = await configurationOf(pid);
	if (file === undefined) return undefined;
	const layout = instanceLayout(path.dirname(file), path.dirname(file) + path.sep);
	const record = await judgeRecord((await readRecords(layout)).recorded, layout);
	return record?.identity.pid === pid ? record : undefined;
}

/** Finds the configuration file, written by us, with which a process was started. */
export async function configurationOf(pid: number): Promise<string | undefined> {
	const { processArguments } = await import("@rivetkit/engine-inspect");
	const args = await processArguments(pid);
	const file = args[args.indexOf("--config") + 1];
	const isOurs = args.includes("--config") && file !== undefined && path.isAbsolute(file);
	return isOurs && path.basename(file) === CONFIG_NAME ? file : undefined;
}
