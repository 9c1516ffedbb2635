import type { EngineHealth, EnginePorts } from "@rivetkit/engine-core";
import { waitForEngine } from "@rivetkit/engine-health";
import type { SpawnedEngine } from "@rivetkit/engine-spawn";
import type { EngineContext } from "../context.ts";
import { awaitDatabase } from "../endpoint/await-database.ts";
import { requireSupportedVersion } from "../endpoint/find-running.ts";
import { watchLeaderLease } from "../endpoint/watch-leader-lease.ts";
import { isSpawnedEngineListening } from "./listens-itself.ts";

/**
 * Waits until the spawned engine is proven to be the engine that answers and, with `ready: "database"`, until its database
 * answers, too.
 *
 * @throws EngineError `health_check_failed`, `port_occupied`, `ports_in_use`, `engine_unsupported`, `database_locked`; the
 * signal's reason if aborted.
 */
export async function waitUntilHealthy(
	context: EngineContext,
	ports: EnginePorts,
	spawned: SpawnedEngine,
): Promise<EngineHealth> {
	const { configuration, logger, emit } = context;
	const { exited, pid } = spawned;
	const timeoutMs = configuration.startTimeoutMs.value;
	const startedAt = performance.now();
	using leaseWatch = watchLeaderLease(context, spawned);
	const { signal } = leaseWatch;
	const health = await waitForEngine(configuration.endpoint.value, {
		timeoutMs,
		exited,
		accept: () => isSpawnedEngineListening(spawned, ports),
		signal,
	});
	requireSupportedVersion(health, configuration.endpoint.value.url);
	const { status, runtime, version } = health;
	logger.info({ pid, status, runtime, version }, "engine process is healthy");
	if (configuration.ready.value === "database") {
		const remainingMs = timeoutMs - (performance.now() - startedAt);
		await awaitDatabase({ ...context, signal }, { exited, timeoutMs: Math.max(remainingMs, 0) });
	}
	emit({ kind: "healthy", health });
	return health;
}
