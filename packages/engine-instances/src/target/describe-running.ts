import { postgresName } from "@rivetkit/engine-config";
import type { InstanceLayout } from "@rivetkit/engine-core";
import { judgeRecord } from "../records/living-record.ts";
import type { EngineRecord, ReadRecords } from "../records/record.ts";
import { recordOfProcess } from "../records/record-of-process.ts";

/** The properties of a running engine that are compared with the wanted ones; undefined if unknown. */
export interface ActualEngine {
	readonly version: string | undefined;
	readonly bindHost: string | undefined;
	readonly publicUrl: string | undefined;
	readonly storage: string | undefined;
	readonly messaging: string | undefined;
	readonly adminToken: string | undefined;
}

/** A description of the engine at the endpoint, made without a request to it. */
export interface RunningEngine {
	/** The engine's record, if it is the engine that we started on this storage and port. */
	readonly record: EngineRecord | undefined;
	readonly actual: Omit<ActualEngine, "version">;
}

/**
 * Describes the engine whose guard binds a port. If our record is about it, the record is enough;
 * otherwise the system is asked.
 */
export async function describeRunning(
	records: ReadRecords,
	layout: InstanceLayout,
	port: number,
): Promise<RunningEngine> {
	const { recorded, rivetkit } = records;
	const living = await judgeRecord(recorded, layout);
	if (living?.ports.guard === port) {
		const { bindHost, publicUrl } = living;
		return {
			record: living,
			actual: { bindHost, publicUrl: publicUrl ?? undefined, ...settingsOf(living, layout.databasePath) },
		};
	}
	const { engineDatabase, listeningAddresses, portHolder, portOwnership, samePath } = await import(
		"@rivetkit/engine-inspect"
	);
	const claimed = rivetkit.kind === "present" ? rivetkit.record : undefined;
	const [bound] = await listeningAddresses(port);
	const address = bound === undefined ? [] : [{ host: bound, port }];
	// The record of rivetkit counts only if its process holds the port.
	const isPortOwner = claimed !== undefined && (await portOwnership(claimed.pid, address))[0] === "own";
	const byRivetkit = isPortOwner ? claimed : undefined;
	const pid = byRivetkit?.pid ?? (await portHolder(port))?.pid;
	const otherRecord = pid === undefined ? undefined : await recordOfProcess(pid);
	const database = pid === undefined ? undefined : await engineDatabase(pid);
	const ours = database && (await samePath(database, layout.databasePath)) ? layout.databasePath : database;
	const settings =
		otherRecord === undefined
			? { storage: ours, messaging: undefined, adminToken: undefined }
			: settingsOf(otherRecord, otherRecord.databasePath);
	return {
		record: undefined,
		actual: {
			bindHost: byRivetkit?.bind_host ?? bound,
			publicUrl: byRivetkit?.public_url ?? undefined,
			...settings,
		},
	};
}

/** Reads from a record the place of an engine's data, its messaging, and whether it requires a token. */
function settingsOf(
	{ postgres, given }: EngineRecord,
	databasePath: string,
): Pick<ActualEngine, "storage" | "messaging" | "adminToken"> {
	const recorded = (name: string, yes: string, no: string): string | undefined =>
		given === undefined ? undefined : given.includes(name) ? yes : no;
	return {
		storage: postgres === undefined ? databasePath : postgresName(postgres),
		messaging: recorded("messaging", "nats", "memory"),
		adminToken: recorded("adminToken", "set", "none"),
	};
}
