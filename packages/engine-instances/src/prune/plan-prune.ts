import { lstat, readdir } from "node:fs/promises";
import path from "node:path";
import type { EngineLogs, InstanceLayout } from "@rivetkit/engine-core";
import { INSTANCE_DRAFTS, oldDrafts } from "@rivetkit/engine-core";
import { inspectInstance } from "../list/inspect-instance.ts";
import type { EngineInstance } from "../list/instance.ts";
import { pruneLogFiles } from "../logs/prune-log-files.ts";
import { type EngineRecord, type ReadRecord, readRecords } from "../records/record.ts";

/** What could go of an instance, and what must stay. */
export interface PrunePlan {
	readonly logs: readonly string[];
	readonly records: readonly string[];
	/** Folders that may go once they are empty, the innermost first. Empty for the default instance. */
	readonly folders: readonly string[];
	readonly kept: readonly { readonly path: string; readonly reason: string }[];
}

/**
 * Plans what to remove of an instance: log files of ours beyond the newest; and, where the engine is proven to be
 * gone and there is no database that the records protect, the records, and an instance's folder with them.
 *
 * @param keepLogs - How many pairs of log files stay.
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
	// Without a record of ours, what has a name that ours would have may be somebody else's.
	if (recorded.kind !== "present") return { ...logs, records: drafts, folders: [] };
	// Only the default instance is known to rivetkit: what stands there may be what rivetkit goes by.
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
	if (use.kind === "untold") {
		const isThere = (await readdir(logsFolder).catch(() => [])).length > 0;
		return { logs: [], kept: isThere ? [{ path: logsFolder, reason: use.reason }] : [] };
	}
	const names = await pruneLogFiles(logsFolder, { kept: keepLogs, inUse: use.logs, dryRun: true });
	return { logs: names.map((name) => path.join(logsFolder, name)), kept: [] };
}

type LogUse =
	| { readonly kind: "told"; readonly logs: EngineLogs | undefined }
	/** An engine lives, and which files it writes is not known. */
	| { readonly kind: "untold"; readonly reason: string };

function logsInUse(instance: EngineInstance): LogUse {
	switch (instance.kind) {
		case "running":
		case "starting":
		case "unresponsive":
		case "unknown":
			return { kind: "told", logs: instance.logs };
		case "stopped":
		case "stale":
			return { kind: "told", logs: undefined };
		case "foreign":
			return {
				kind: "untold",
				reason: "an engine or another program is in its place, and which logs it writes is not known",
			};
	}
}

/** Why an instance's records are needed, as far as its engine goes. */
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

/** Without its record an engine that is gone cannot be told from one that is not. */
function recordProtection(recorded: ReadRecord<EngineRecord>): string | undefined {
	if (recorded.kind !== "corrupt") return undefined;
	return `it cannot be read, so whether its engine has ended is not known: ${recorded.reason}`;
}

/** A record says which versions may use the database: it stays as long as there is one. */
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
		// A link may lead to where nothing is mounted at the moment.
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
