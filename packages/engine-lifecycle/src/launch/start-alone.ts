import { requirePorts } from "@rivetkit/engine-config";
import { awaitFasterEngine } from "../contention/await-faster-engine.ts";
import { joinStartingEngine } from "../contention/join-starting.ts";
import type { EngineContext } from "../context.ts";
import { requireFreeDatabase } from "../database/require-usable-database.ts";
import { type FoundEngine, findRunningEngine } from "../endpoint/find-running.ts";
import type { Engine } from "../engine.ts";
import { reuseEngine } from "../reuse/reuse-engine.ts";
import { watchSpawnedEngine } from "../watch/watch-spawned.ts";
import { type LaunchedEngine, launchEngine, type StartPlan } from "./launch-engine.ts";

/**
 * Looks once more for an engine that another host has left or started, and starts one if there is none. The caller
 * has the start locks. Some hosts take no lock, so the start itself handles an engine of such a host that was faster.
 */
export async function startAlone(context: EngineContext, plan: StartPlan = {}): Promise<Engine> {
	return (await findStarted(context)) ?? (await startEngine(context, plan));
}

/** Starts an engine at a free endpoint and resolves when it is healthy, or reuses the engine of a faster host. */
export async function startEngine(context: EngineContext, plan: StartPlan = {}): Promise<Engine> {
	const launch = await launchEngine(context, plan);
	return launch.kind === "launched" ? handleOf(context, launch) : await reuseEngine(context, launch.faster);
}

/** Reuses an engine that another host has left running or just started; undefined if there is none. */
export async function findStarted(context: EngineContext): Promise<Engine | undefined> {
	// Hosts that only wait do not load these packages. A failure to load is thrown again where they are used.
	Promise.all([import("@rivetkit/engine-resolver"), import("@rivetkit/engine-spawn")]).catch(() => {});
	await requireFreeDatabase(context.configuration);
	const running =
		(await joinStartingEngine(context)) ??
		(await awaitDatabaseHolder(context)) ??
		(await findRunningEngine(context, { bindTest: true }));
	context.stopwatch.lap("lockMs");
	return running && (await reuseEngine(context, running));
}

/** Waits for an engine that has the database although no host of ours has recorded it: such an engine answers soon. */
async function awaitDatabaseHolder(context: EngineContext): Promise<FoundEngine | undefined> {
	const { configuration } = context;
	if (configuration.database.kind === "postgres") return undefined;
	const { lockHolder } = await import("@rivetkit/engine-inspect");
	if ((await lockHolder(configuration.target.layout.databasePath)) === undefined) return undefined;
	return await awaitFasterEngine(context, requirePorts(configuration));
}

function handleOf(context: EngineContext, { binary, spawned, health }: LaunchedEngine): Engine {
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
