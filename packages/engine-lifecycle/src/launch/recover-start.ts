import { type EngineError, type EnginePorts, extendedError, isEngineError } from "@rivetkit/engine-core";
import type { OomKills } from "@rivetkit/engine-inspect";
import type { StartRecord } from "@rivetkit/engine-instances";
import type { SpawnedEngine } from "@rivetkit/engine-spawn";
import { awaitFasterEngine } from "../contention/await-faster-engine.ts";
import type { EngineContext } from "../context.ts";
import type { FoundEngine } from "../endpoint/find-running.ts";
import { failedStartError } from "../failure/failed-start-error.ts";
import { endHalfStarted } from "./end-half-started.ts";

/**
 * Ends an engine that was spawned and never became healthy, and waits for the engine of another host that was faster.
 * If there is none, the failure is explained.
 *
 * @throws EngineError with the cause of the failure; the signal's reason if aborted.
 */
export async function recoverStart(
	context: EngineContext,
	ports: EnginePorts,
	failed: {
		readonly error: unknown;
		readonly spawned: SpawnedEngine;
		readonly record: StartRecord;
		/** The count of kills for lack of memory before the spawn. */
		readonly killsBefore: OomKills | undefined;
	},
): Promise<FoundEngine> {
	const { configuration, logger, signal } = context;
	const { error, spawned, record, killsBefore } = failed;
	const { descriptorUse, oomKillsMoved } = await import("@rivetkit/engine-inspect");
	const descriptors = await descriptorUse(spawned.pid);
	await endHalfStarted(spawned, logger);
	const wasStopped = await record.wasStopped();
	await record.withdraw();
	if (signal?.aborted === true && error === signal.reason) throw error;
	if (!isEngineError(error) || error.code === "engine_unsupported") throw error;
	const faster = await awaitFasterEngine(context, ports);
	if (faster !== undefined) return faster;
	if (wasStopped) throw stoppedMeanwhileError(spawned.pid, error);
	const outOfMemory = await oomKillsMoved(killsBefore);
	throw await failedStartError(configuration, { spawned, ports, descriptors, outOfMemory, failure: error });
}

function stoppedMeanwhileError(pid: number, cause: EngineError): EngineError {
	return extendedError(cause, {
		message: `The engine (pid ${pid}) was stopped by another program while it started.`,
		metadata: { hint: "Start it again, if it shall run." },
	});
}
