import { statfs } from "node:fs/promises";
import { EngineError, type ExitStatus } from "@rivetkit/engine-core";
import type { ExitExplanation, SpawnedEngine } from "@rivetkit/engine-spawn";
import type { EngineConfiguration } from "./configuration.ts";
import { loadSpawn } from "./lazy-packages.ts";

/**
 * The error for an engine that was spawned and never became healthy, with the end of its logs.
 *
 * @param failure - What the wait for it ended with.
 */
export async function explainFailedStart(
	configuration: EngineConfiguration,
	spawned: SpawnedEngine,
	failure: EngineError,
): Promise<EngineError> {
	const { explainExit, lockHolder, readLogTail } = await loadSpawn();
	const { pid, logs } = spawned;
	const [stdoutTail, stderrTail] = await Promise.all([readLogTail(logs.stdout), readLogTail(logs.stderr)]);
	const evidence = { ...failure.metadata, pid, logs, stdoutTail, stderrTail };
	// What answers at the port, and who holds it, is known better than the log could tell.
	if (failure.code !== "health_check_failed") {
		const hint = failure.metadata.hint ?? `See '${logs.stdout}'.`;
		return new EngineError(failure.code, failure.message, {
			metadata: { ...evidence, hint },
			cause: failure,
		});
	}
	const exit = failure.metadata["exit"] as ExitStatus | undefined;
	const told = explainExit(exit, [...stdoutTail, ...stderrTail]);
	const isTold = told.code !== "health_check_failed";
	const explained = (isTold ? undefined : await explainFullDisk(configuration)) ?? told;
	const { databasePath } = configuration.layout;
	const holder = explained.code === "database_locked" ? await lockHolder(databasePath) : undefined;
	const reason =
		holder === undefined ? explained.reason : `${explained.reason}, '${holder.name}' with pid ${holder.pid}`;
	const hint =
		explained.hint ??
		(exit === undefined
			? `See '${logs.stdout}', or give it longer with \`startTimeoutMs\` (\`--start-timeout\`).`
			: `See '${logs.stderr}'.`);
	return new EngineError(explained.code, `${failure.message}: ${reason}`, {
		metadata: { ...evidence, reason, holder, hint },
		cause: failure,
	});
}

/** The engine needs some 100 KB for an empty database; below this it has failed for want of space. */
export const SCARCE_BYTES: number = 256 * 1024;

/** On a full disk the engine cannot write down why it ends. */
async function explainFullDisk(configuration: EngineConfiguration): Promise<ExitExplanation | undefined> {
	const { databasePath } = configuration.layout;
	const disk = await statfs(databasePath).catch(() => undefined);
	if (disk === undefined || disk.blocks === 0 || disk.bavail * disk.bsize >= SCARCE_BYTES) return undefined;
	return {
		code: "no_space",
		reason: `there is no space left for its database '${databasePath}'`,
		hint: "Free some space, or move the storage root with `RIVETKIT_STORAGE_PATH`.",
	};
}
