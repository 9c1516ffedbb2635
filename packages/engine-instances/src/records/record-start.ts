import { type EngineConfiguration, namesOfUnrecordedSettings } from "@rivetkit/engine-config";
import type { EngineHealth, EngineLogs, EnginePorts, Logger } from "@rivetkit/engine-core";
import { judgeProcess, type ProcessIdentity } from "@rivetkit/engine-core/process";
import { otherDatabasesOf } from "./database-history.ts";
import { type EngineRecord, type RivetkitRecord, readRecords } from "./record.ts";
import { type RecordedInstance, updateRecord, writeRecord } from "./update-record.ts";

/** The next steps for the record of a start. */
export interface StartRecord {
	/** Completes our record once the engine is healthy, and writes rivetkit's. */
	complete(health: EngineHealth): Promise<void>;
	/**
	 * Restores the previous record after a failed start, unless the previous engine is dead: then the record of the failed
	 * start, with its logs, is more useful.
	 */
	withdraw(): Promise<void>;
	/** Returns true if the engine was stopped on purpose since the start. */
	wasStopped(): Promise<boolean>;
}

/** The facts about a new engine process that are recorded. */
export interface RecordedStart {
	readonly ports: EnginePorts;
	readonly binary: { readonly path: string; readonly source: string };
	readonly spawned: { readonly identity: ProcessIdentity | undefined; readonly logs: EngineLogs };
	/** The newest version that had used the database before. */
	readonly lastDatabaseVersion: string | null;
	/** Set if the engine replaces a crashed engine. A stop of the crashed engine then counts for the new one. `at` is ISO 8601. */
	readonly crashRestart: { readonly at: string | undefined } | undefined;
	/** True if the engine ends with this process. */
	readonly isForeground: boolean;
}

/**
 * Records an engine in `owner.json` right after its spawn, so that it can be found and stopped even if
 * this process dies next. A record that cannot be written is a warning: records are advice, and the engine runs.
 */
export async function recordStart(
	{ configuration, logger }: { readonly configuration: EngineConfiguration; readonly logger: Logger },
	start: RecordedStart,
): Promise<StartRecord> {
	const { layout } = configuration.target;
	const instance = { layout, logger };
	const { identity } = start.spawned;
	const { recorded: before } = await readRecords(layout);
	if (before.kind === "corrupt") logger.warn({ ...before }, "the record of the last start could not be read");
	if (identity === undefined) {
		return { complete: async () => {}, withdraw: async () => {}, wasStopped: async () => false };
	}
	const previous = before.kind === "present" ? before.record : undefined;
	const record = recordOf(configuration, { ...start, identity, previous });
	await writeRecord(logger, layout.recordPath, record);
	return {
		complete: async (health) => await complete(instance, record, health),
		withdraw: async () => {
			if (previous === undefined || (await judgeProcess(previous.identity)) === "dead") return;
			await updateRecord(instance, record.instanceId, () => previous);
		},
		wasStopped: async () => {
			const { recorded: now } = await readRecords(layout);
			return (
				now.kind === "present" && now.record.instanceId === record.instanceId && now.record.ending === "stop"
			);
		},
	};
}

/** Makes the record of an engine that is not healthy yet. */
function recordOf(
	configuration: EngineConfiguration,
	start: RecordedStart & {
		readonly identity: ProcessIdentity;
		/** The record of the instance's previous start. */
		readonly previous: EngineRecord | undefined;
	},
): EngineRecord {
	const { database, publicUrl } = configuration;
	const { layout, endpoint } = configuration.target;
	const { ports, binary, spawned, lastDatabaseVersion, crashRestart, isForeground, identity, previous } =
		start;
	const postgres = database.kind === "postgres" ? database.location : undefined;
	return {
		format: 1,
		// The global is loaded at its first use; importing node:crypto would cost every reuse 5 ms.
		instanceId: crypto.randomUUID(),
		identity,
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
}

/** The number of restarts that stay recorded: more than the restart limit needs. */
const KEPT_RESTARTS = 10;

/**
 * Completes the record of an engine whose host was killed before it could do so. Without the version in the record, an
 * older version could use the database later. Changes nothing if the record is from another start, or if the engine does
 * not hold its port.
 */
export async function completeForAnother(
	instance: RecordedInstance,
	record: EngineRecord,
	health: EngineHealth,
): Promise<void> {
	const { portOwnership } = await import("@rivetkit/engine-inspect");
	const guard = { host: record.bindHost, port: record.ports.guard };
	const [holder] = await portOwnership(record.identity.pid, [guard]);
	const { recorded: now } = await readRecords(instance.layout);
	const isUnchanged =
		now.kind === "present" && now.record.instanceId === record.instanceId && now.record.version === null;
	if (isUnchanged && (holder === "own" || holder === "unknown")) await complete(instance, record, health);
}

async function complete(
	instance: RecordedInstance,
	started: EngineRecord,
	health: EngineHealth,
): Promise<void> {
	const { newestVersion } = await import("@rivetkit/engine-core/version");
	const version = health.version ?? null;
	const rivetkit: RivetkitRecord = {
		pid: started.identity.pid,
		endpoint: started.endpoint,
		bind_host: started.bindHost,
		public_url: started.publicUrl,
	};
	await Promise.all([
		updateRecord(instance, started.instanceId, (record) => ({
			...record,
			version,
			lastDatabaseVersion: newestVersion(version, record.lastDatabaseVersion),
		})),
		writeRecord(instance.logger, instance.layout.rivetkitRecordPath, rivetkit),
	]);
}
