import { setTimeout as sleep } from "node:timers/promises";
import { type EngineHealth, isEngineError } from "@rivetkit/engine-core";
import { waitForEngine } from "@rivetkit/engine-health";
import type { ResolvedBinary } from "@rivetkit/engine-resolver";
import type { SpawnedEngine } from "@rivetkit/engine-spawn";
import { awaitFasterEngine } from "./await-faster-engine.ts";
import { cannotBind } from "./cannot-bind.ts";
import type { EngineContext } from "./context.ts";
import { endHalfStarted } from "./end-half-started.ts";
import type { Engine } from "./engine.ts";
import { explainFailedStart } from "./explain-failed-start.ts";
import { supported } from "./find-running.ts";
import { configuredBinding, type EnginePorts } from "./guard-binding.ts";
import { engineLaunch, prepareFolders } from "./launch.ts";
import { loadSpawn } from "./lazy-packages.ts";
import { livingOwner } from "./locate-engine.ts";
import { isOurs } from "./proof.ts";
import { requireUsableDatabase } from "./require-usable-database.ts";
import { resolveBinary } from "./resolve-binary.ts";
import { reuseEngine } from "./reuse-engine.ts";
import { recordSpawn, type SpawnRecord } from "./stamps.ts";
import { watchSpawnedEngine } from "./watch-spawned.ts";

/** What is known of a start before it begins. */
export interface StartPlan {
	/** What was found out before the engine was ended whose place this one takes. */
	readonly prepared?: PreparedStart | undefined;
	/** When a crashed engine is started again, ISO 8601, to be recorded. */
	readonly restartedAt?: string | undefined;
}

/** The binary, and the newest version that has used the database that it will have. */
export interface PreparedStart {
	readonly binary: ResolvedBinary;
	readonly lastDatabaseVersion: string | null;
}

/** Starts an engine at a free endpoint and answers when it is healthy, or reuses one that was faster. */
export async function startEngine(context: EngineContext, plan: StartPlan = {}): Promise<Engine> {
	const { configuration, stopwatch, emit } = context;
	const ports = configuredBinding(configuration);
	// Neither needs the other, and both take their time. A missing binary is the more telling error.
	const [resolved, checked] = await Promise.allSettled([
		plan.prepared?.binary ?? resolveBinary(context),
		preflight(context, ports),
	]);
	if (resolved.status === "rejected") throw resolved.reason;
	if (checked.status === "rejected") throw checked.reason;
	const binary = resolved.value;
	const lastDatabaseVersion =
		plan.prepared?.lastDatabaseVersion ?? (await requireUsableDatabase(context, binary));
	stopwatch.lap("prepareMs");
	const spawned = await spawn(context, ports, binary);
	stopwatch.lap("spawnMs");
	const { restartedAt } = plan;
	const record = await recordSpawn(context, { ports, binary, spawned, lastDatabaseVersion, restartedAt });
	const { pid, logs } = spawned;
	try {
		emit({ kind: "spawned", pid, stdoutLog: logs.stdout, stderrLog: logs.stderr });
		const health = await waitUntilHealthy(context, ports, spawned);
		stopwatch.lap("readyMs");
		await record.complete(health);
		return handle(context, binary, spawned, health);
	} catch (error) {
		return await recover(context, ports, { error, spawned, record });
	}
}

/** The engine itself would run on, half broken, with two of its three ports taken. */
async function preflight(context: EngineContext, ports: EnginePorts): Promise<void> {
	const { checkPorts, pruneLogFiles } = await loadSpawn();
	const wanted = [
		{ role: "guard", ...ports.guard },
		{ role: "api-peer", ...ports.apiPeer },
		{ role: "metrics", ...ports.metrics },
	] as const;
	const taken = await checkPorts(wanted);
	if (taken.length > 0) {
		// Another host that tests the ports holds them for a moment only.
		await sleep(RETEST_GAP_MS, undefined, { signal: context.signal }).catch(() =>
			context.signal?.throwIfAborted(),
		);
		const stillTaken = await checkPorts(wanted);
		if (stillTaken.length > 0) throw cannotBind(stillTaken);
	}
	const { layout } = context.configuration;
	await prepareFolders(context.configuration);
	const inUse = (await livingOwner(layout))?.logs;
	await pruneLogFiles(layout.logsFolder, { kept: KEPT_LOG_PAIRS_BEFORE_START, inUse });
	context.signal?.throwIfAborted();
}

async function spawn(
	context: EngineContext,
	ports: EnginePorts,
	binary: ResolvedBinary,
): Promise<SpawnedEngine> {
	const { configuration, logger } = context;
	const { layout, cwd, endpoint } = configuration;
	const { engineCommand, engineEnvironment, spawnEngine } = await loadSpawn();
	const launch = engineLaunch(configuration, ports);
	const { removed } = engineEnvironment(launch, binary.version);
	if (removed.length > 0) {
		logger.warn(
			{ removed },
			"inherited variables would have moved the engine to another database and were left out",
		);
	}
	const spawned = await spawnEngine({
		command: engineCommand(launch, binary),
		logsFolder: layout.logsFolder,
		cwd,
	});
	const { pid, logs } = spawned;
	logger.info(
		{ pid, path: binary.path, endpoint: endpoint.value.url, db_path: layout.databasePath },
		"spawned engine process (intentionally orphaned, will outlive this process)",
	);
	logger.info(
		{ stdout_log: logs.stdout, stderr_log: logs.stderr },
		"engine stdout/stderr piped to log files",
	);
	return spawned;
}

/** Between two tests of ports that were taken, in milliseconds. */
const RETEST_GAP_MS = 100;

/** Ten pairs are kept, counting the one that is about to be made. */
const KEPT_LOG_PAIRS_BEFORE_START = 9;

async function waitUntilHealthy(
	context: EngineContext,
	ports: EnginePorts,
	spawned: SpawnedEngine,
): Promise<EngineHealth> {
	const { configuration, signal, logger, emit } = context;
	const health = await waitForEngine(configuration.endpoint.value, {
		timeoutMs: configuration.startTimeoutMs.value,
		exited: spawned.exited,
		accept: () => isOurs(spawned, ports),
		signal,
	});
	supported(health, configuration.endpoint.value.url);
	const { status, runtime, version } = health;
	logger.info({ pid: spawned.pid, status, runtime, version }, "engine process is healthy");
	emit({ kind: "healthy", health });
	return health;
}

function handle(
	context: EngineContext,
	binary: ResolvedBinary,
	spawned: SpawnedEngine,
	health: EngineHealth,
): Engine {
	const { configuration, logger, stopwatch } = context;
	const { pid, logs } = spawned;
	const watcher = watchSpawnedEngine(spawned, logger);
	return {
		endpoint: configuration.endpoint.value.url,
		startup: { kind: "spawned", pid, binary, version: health.version, logs, timings: stopwatch.timings() },
		health,
		exited: spawned.exited,
		[Symbol.asyncDispose]: async () => watcher.release(),
	};
}

/**
 * Ends a child that never became healthy. If another host was faster, its engine is what was wanted;
 * otherwise the failure is explained.
 */
async function recover(
	context: EngineContext,
	ports: EnginePorts,
	failed: { readonly error: unknown; readonly spawned: SpawnedEngine; readonly record: SpawnRecord },
): Promise<Engine> {
	const { configuration, logger, signal } = context;
	const { error, spawned, record } = failed;
	await endHalfStarted(spawned, logger);
	await record.withdraw();
	if (signal?.aborted === true && error === signal.reason) throw error;
	if (!isEngineError(error) || error.code === "engine_unsupported") throw error;
	const faster = await awaitFasterEngine(context, ports);
	if (faster !== undefined) return await reuseEngine(context, faster);
	throw await explainFailedStart(configuration, spawned, error);
}
