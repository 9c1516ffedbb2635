import { type EngineHealth, type OwnerStamp, type RuntimeStamp, readStamp } from "@rivetkit/engine-core";
import { judgeProcess } from "@rivetkit/engine-core/process";
import type { ResolvedBinary } from "@rivetkit/engine-resolver";
import type { SpawnedEngine } from "@rivetkit/engine-spawn";
import { postgresLocation } from "./cluster/describe-storage.ts";
import type { EngineContext } from "./context.ts";
import { newestVersion } from "./database-version.ts";
import { givenSettings } from "./given-settings.ts";
import type { EnginePorts } from "./guard-binding.ts";
import { otherDatabasesOf } from "./recorded-databases.ts";
import { updateOwner } from "./update-owner.ts";
import { writeRecord } from "./write-record.ts";

/** The record of a start, from the spawn on. */
export interface SpawnRecord {
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
export async function recordSpawn(
	context: EngineContext,
	start: {
		readonly ports: EnginePorts;
		readonly binary: ResolvedBinary;
		readonly spawned: SpawnedEngine;
		/** The newest version that had used the database before. */
		readonly lastDatabaseVersion: string | null;
		/** Set if it takes a crashed one's place: a stop of that one is meant for it, then. `at` is ISO 8601. */
		readonly crashRestart: { readonly at: string | undefined } | undefined;
		/** Whether it ends with this process. */
		readonly isForeground: boolean;
	},
): Promise<SpawnRecord> {
	const { layout, endpoint, publicUrl } = context.configuration;
	const { ports, binary, spawned, lastDatabaseVersion, crashRestart, isForeground } = start;
	const { owner: before } = await readStamp(layout);
	if (before.kind === "corrupt")
		context.logger.warn({ ...before }, "the record of the last start could not be read");
	if (spawned.identity === undefined) {
		return { complete: async () => {}, withdraw: async () => {}, wasStopped: async () => false };
	}
	const previous = before.kind === "present" ? before.stamp : undefined;
	const postgres = postgresLocation(context.configuration);
	const owner: OwnerStamp = {
		format: 1,
		// The global is loaded at its first use; importing node:crypto would cost every reuse 5 ms.
		instanceId: crypto.randomUUID(),
		identity: spawned.identity,
		endpoint: endpoint.value.url,
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
		given: givenSettings(context.configuration),
		ending: crashRestart !== undefined && previous?.ending === "stop" ? "stop" : undefined,
		crashRestarts: [
			...(previous?.crashRestarts ?? []),
			...(crashRestart?.at === undefined ? [] : [crashRestart.at]),
		].slice(-KEPT_RESTARTS),
	};
	await writeRecord(context, layout.ownerStampPath, owner);
	return {
		complete: async (health) => await complete(context, owner, health),
		withdraw: async () => {
			if (previous === undefined || (await judgeProcess(previous.identity)) === "dead") return;
			await updateOwner(context, owner.instanceId, () => previous);
		},
		wasStopped: async () => {
			const { owner: now } = await readStamp(layout);
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
	context: EngineContext,
	owner: OwnerStamp,
	health: EngineHealth,
): Promise<void> {
	const { portOwnership } = await import("@rivetkit/engine-spawn");
	const guard = { host: owner.bindHost, port: owner.ports.guard };
	const [holder] = await portOwnership(owner.identity.pid, [guard]);
	const { owner: now } = await readStamp(context.configuration.layout);
	const isUnchanged =
		now.kind === "present" && now.stamp.instanceId === owner.instanceId && now.stamp.version === null;
	if (isUnchanged && (holder === "own" || holder === "unknown")) await complete(context, owner, health);
}

async function complete(context: EngineContext, owner: OwnerStamp, health: EngineHealth): Promise<void> {
	const { layout } = context.configuration;
	const version = health.version ?? null;
	const runtime: RuntimeStamp = {
		pid: owner.identity.pid,
		endpoint: owner.endpoint,
		bind_host: owner.bindHost,
		public_url: owner.publicUrl,
	};
	await Promise.all([
		updateOwner(context, owner.instanceId, (stamp) => ({
			...stamp,
			version,
			lastDatabaseVersion: newestVersion(version, stamp.lastDatabaseVersion),
		})),
		writeRecord(context, layout.runtimeStampPath, runtime),
	]);
}
