import type { EngineConfiguration } from "@rivetkit/engine-config";
import { namesOfUnrecordedSettings } from "@rivetkit/engine-config";
import {
	type EngineHealth,
	type EngineLogs,
	type EnginePorts,
	type Logger,
	newestVersion,
} from "@rivetkit/engine-core";
import { judgeProcess, type ProcessIdentity } from "@rivetkit/engine-core/process";
import { otherDatabasesOf } from "./database-history.ts";
import { type EngineRecord, type RivetkitRecord, readRecords } from "./record.ts";
import { type RecordsOf, updateRecord } from "./update-owner.ts";
import { writeRecord } from "./write-record.ts";

/** The record of a start, from the spawn on. */
export interface StartRecord {
	/** Completes the record once the engine is healthy, and writes the stamp that rivetkit reads. */
	complete(health: EngineHealth): Promise<void>;
	/**
	 * Puts back the record of an engine that lives, since this start failed. That of a dead one is not
	 * worth it: the logs of the failed start are.
	 */
	withdraw(): Promise<void>;
	/** Whether somebody has stopped it meanwhile. */
	wasStopped(): Promise<boolean>;
}

/**
 * Records an engine in `owner.json` right after its spawn, so that it can be found and stopped even if
 * this process dies now. A record that cannot be written is a warning: stamps are advice, the engine runs.
 */
export async function recordStart(
	{ configuration, logger }: { readonly configuration: EngineConfiguration; readonly logger: Logger },
	start: {
		readonly ports: EnginePorts;
		readonly binary: { readonly path: string; readonly source: string };
		readonly spawned: { readonly identity: ProcessIdentity | undefined; readonly logs: EngineLogs };
		/** The newest version that had used the database before. */
		readonly lastDatabaseVersion: string | null;
		/** Set if it takes a crashed one's place: a stop of that one is meant for it, then. `at` is ISO 8601. */
		readonly crashRestart: { readonly at: string | undefined } | undefined;
		/** Whether it ends with this process. */
		readonly isForeground: boolean;
	},
): Promise<StartRecord> {
	const { database, publicUrl } = configuration;
	const { layout, endpoint } = configuration.target;
	const records = { layout, logger };
	const { ports, binary, spawned, lastDatabaseVersion, crashRestart, isForeground } = start;
	const { owner: before } = await readRecords(layout);
	if (before.kind === "corrupt") logger.warn({ ...before }, "the record of the last start could not be read");
	if (spawned.identity === undefined) {
		return { complete: async () => {}, withdraw: async () => {}, wasStopped: async () => false };
	}
	const previous = before.kind === "present" ? before.stamp : undefined;
	const postgres = database.kind === "postgres" ? database.location : undefined;
	const owner: EngineRecord = {
		format: 1,
		// The global is loaded at its first use; importing node:crypto would cost every reuse 5 ms.
		instanceId: crypto.randomUUID(),
		identity: spawned.identity,
		endpoint: endpoint.url,
		bindHost: ports.guard.host,
		ports: { guard: ports.guard.port, apiPeer: ports.apiPeer.port, metrics: ports.metrics.port },
		publicUrl: publicUrl.value ?? null,
		binary: { path: binary.path, source: binary.source },
		version: null,
		databasePath: layout.databasePath,
		postgres,
		foreground: isForeground ? true : undefined,
		lastDatabaseVersion,
		otherDatabases: otherDatabasesOf(previous, postgres),
		logs: spawned.logs,
		startedAt: new Date().toISOString(),
		given: namesOfUnrecordedSettings(configuration),
		ending: crashRestart !== undefined && previous?.ending === "stop" ? "stop" : undefined,
		crashRestarts: [
			...(previous?.crashRestarts ?? []),
			...(crashRestart?.at === undefined ? [] : [crashRestart.at]),
		].slice(-KEPT_RESTARTS),
	};
	await writeRecord(logger, layout.recordPath, owner);
	return {
		complete: async (health) => await complete(records, owner, health),
		withdraw: async () => {
			if (previous === undefined || (await judgeProcess(previous.identity)) === "dead") return;
			await updateRecord(records, owner.instanceId, () => previous);
		},
		wasStopped: async () => {
			const { owner: now } = await readRecords(layout);
			return (
				now.kind === "present" && now.stamp.instanceId === owner.instanceId && now.stamp.ending === "stop"
			);
		},
	};
}

/** As many as the limit on restarts can ever ask for, and some more. */
const KEPT_RESTARTS = 10;

/**
 * Completes the record of an engine whose host was killed before it could, so that what has used the database is not
 * forgotten. Nothing is written over the record of another start, nor of an engine that does not hold its port.
 */
export async function completeForAnother(
	records: RecordsOf,
	owner: EngineRecord,
	health: EngineHealth,
): Promise<void> {
	const { portOwnership } = await import("@rivetkit/engine-inspect");
	const guard = { host: owner.bindHost, port: owner.ports.guard };
	const [holder] = await portOwnership(owner.identity.pid, [guard]);
	const { owner: now } = await readRecords(records.layout);
	const isUnchanged =
		now.kind === "present" && now.stamp.instanceId === owner.instanceId && now.stamp.version === null;
	if (isUnchanged && (holder === "own" || holder === "unknown")) await complete(records, owner, health);
}

async function complete(records: RecordsOf, owner: EngineRecord, health: EngineHealth): Promise<void> {
	const version = health.version ?? null;
	const runtime: RivetkitRecord = {
		pid: owner.identity.pid,
		endpoint: owner.endpoint,
		bind_host: owner.bindHost,
		public_url: owner.publicUrl,
	};
	await Promise.all([
		updateRecord(records, owner.instanceId, (stamp) => ({
			...stamp,
			version,
			lastDatabaseVersion: newestVersion(version, stamp.lastDatabaseVersion),
		})),
		writeRecord(records.logger, records.layout.rivetkitRecordPath, runtime),
	]);
}
