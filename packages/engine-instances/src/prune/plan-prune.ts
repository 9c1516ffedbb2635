import { lstat, readdir } from "node:fs/promises";
import path from "node:path";
import { type EngineLogs, INSTANCE_DRAFTS, type InstanceLayout, oldDrafts } from "@rivetkit/engine-core";
import { inspectInstance } from "../list/inspect-instance.ts";
import type { EngineInstance } from "../list/instance.ts";
import { pruneLogFiles } from "../logs/prune-log-files.ts";
import { type EngineRecord, type ReadRecord, readRecords } from "../records/record.ts";

/** The files of an instance that may be removed, and those that must stay. */
export interface PrunePlan {
	readonly logs: readonly string[];
	readonly records: readonly string[];
	/** Folders to remove once they are empty, the innermost first. None for the default instance. */
	readonly folders: readonly string[];
	readonly kept: readonly { readonly path: string; readonly reason: string }[];
}

/**
 * Plans what to remove from an instance: our log files except the newest. If the engine is proven to have ended and the
 * instance has no database, also the records, and the folder of a named instance.
 *
 * @param keepLogs - The number of pairs of log files that stay.
 * @throws The signal's reason if aborted.
 */
export async function planPrune(
	layout: InstanceLayout,
	{ keepLogs, signal }: { readonly keepLogs: number; readonly signal: AbortSignal | undefined },
): Promise<PrunePlan> {
	const { recorded } = await readRecords(layout);
	const instance = await inspectInstance(layout, signal);
	const logs = await planLogs(layout, instance, keepLogs);
	const protection =
		protectionOf(instance) ?? recordProtection(recorded) ?? (await databaseProtection(layout, recorded));
	if (protection !== undefined) {
		const kept = await existing([layout.recordPath]);
		return {
			...logs,
			records: [],
			folders: [],
			kept: [...logs.kept, ...kept.map((file) => ({ path: file, reason: protection }))],
		};
	}
	const { recordPath, configPath, rivetkitRecordPath, folder } = layout;
	const drafts = await oldDrafts(folder, INSTANCE_DRAFTS);
	// Without our record, files with our names may belong to another program.
	if (recorded.kind !== "present") return { ...logs, records: drafts, folders: [] };
	// Rivetkit knows only the default instance, and may still use its `runtime.json`.
	const isOursAlone = layout.name !== "";
	const records = await existing([recordPath, configPath, ...(isOursAlone ? [rivetkitRecordPath] : [])]);
	return {
		...logs,
		records: [...records, ...drafts],
		folders: isOursAlone ? [layout.databasePath, layout.logsFolder, folder] : [],
	};
}

async function planLogs(
	{ logsFolder }: InstanceLayout,
	instance: EngineInstance,
	keepLogs: number,
): Promise<Pick<PrunePlan, "logs" | "kept">> {
	const use = logsInUse(instance);
	if (use.kind === "unknown") {
		const isThere = (await readdir(logsFolder).catch(() => [])).length > 0;
		return { logs: [], kept: isThere ? [{ path: logsFolder, reason: use.reason }] : [] };
	}
	const names = await pruneLogFiles(logsFolder, { kept: keepLogs, inUse: use.logs, dryRun: true });
	return { logs: names.map((name) => path.join(logsFolder, name)), kept: [] };
}

type LogUse =
	| { readonly kind: "known"; readonly logs: EngineLogs | undefined }
	/** A living engine writes log files that are not known. */
	| { readonly kind: "unknown"; readonly reason: string };

function logsInUse(instance: EngineInstance): LogUse {
	switch (instance.kind) {
		case "running":
		case "starting":
		case "unresponsive":
		case "unknown":
			return { kind: "known", logs: instance.logs };
		case "stopped":
		case "stale":
			return { kind: "known", logs: undefined };
		case "foreign":
			return {
				kind: "unknown",
				reason: "an engine or another program is in its place, and which logs it writes is not known",
			};
	}
}

/** Returns why an instance's engine needs its records; undefined if it does not need them. */
function protectionOf(instance: EngineInstance): string | undefined {
	switch (instance.kind) {
		case "running":
		case "starting":
		case "unresponsive":
			return `its engine is alive (pid ${instance.pid})`;
		case "unknown":
		case "foreign":
			return instance.reason;
		case "stopped":
		case "stale":
			return undefined;
	}
}

/** Protects a record that cannot be read, since its engine may still run. */
function recordProtection(recorded: ReadRecord<EngineRecord>): string | undefined {
	if (recorded.kind !== "corrupt") return undefined;
	return `it cannot be read, so whether its engine has ended is not known: ${recorded.reason}`;
}

/** Protects the record if a database may exist, since the record shows which versions may use the database. */
async function databaseProtection(
	{ databasePath }: InstanceLayout,
	recorded: ReadRecord<EngineRecord>,
): Promise<string | undefined> {
	if (recorded.kind === "present" && recorded.record.postgres !== undefined) {
		return recorded.record.lastDatabaseVersion === null
			? undefined
			: "its database is in PostgreSQL, and the record says which versions may use it";
	}
	try {
		// The target of a link may be on a disk that is not mounted at the moment.
		const isLink = (await lstat(databasePath)).isSymbolicLink();
		if (isLink || (await readdir(databasePath)).length > 0) {
			return "its database is there, and the record says which versions may use it";
		}
		const wasUsed = recorded.kind === "present" && recorded.record.lastDatabaseVersion !== null;
		return wasUsed
			? "its database may be on a disk that is not mounted, and the record says which versions may use it"
			: undefined;
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException;
		return code === "ENOENT" ? undefined : `whether there is a database cannot be seen: ${message}`;
	}
}

async function existing(files: readonly string[]): Promise<readonly string[]> {
	const folders = new Set(files.map((file) => path.dirname(file)));
	const names = await Promise.all(
		[...folders].map(async (folder) => {
			const entries = await readdir(folder).catch(() => []);
			return entries.map((name) => path.join(folder, name));
		}),
	);
	return files.filter((file) => names.flat().includes(file));
}
