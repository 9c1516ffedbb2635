import { statfs } from "node:fs/promises";
import { describeExit, EngineError, type ExitStatus } from "@rivetkit/engine-core";
import type { ExitExplanation, SpawnedEngine } from "@rivetkit/engine-spawn";
import type { EngineConfiguration } from "./configuration.ts";
import { loadSpawn } from "./lazy-packages.ts";

/** The error for an engine that was spawned and never became healthy, with the end of its logs. */
export async function explainFailedStart(
	configuration: EngineConfiguration,
	spawned: SpawnedEngine,
	failure: EngineError | undefined,
	cause: unknown,
): Promise<EngineError> {
	const { explainExit, lockHolder, readLogTail } = await loadSpawn();
	const [stdoutTail, stderrTail] = await Promise.all([
		readLogTail(spawned.logs.stdout),
		readLogTail(spawned.logs.stderr),
	]);
	const logTail = [...stdoutTail, ...stderrTail];
	const evidence = { pid: spawned.pid, logs: spawned.logs, stdoutTail, stderrTail };
	const exit = failure?.metadata["exit"] as ExitStatus | undefined;
	if (exit === undefined) {
		const message = failure?.message ?? `The engine did not start: ${String(cause)}`;
		return new EngineError(failure?.code ?? "health_check_failed", message, {
			metadata: {
				...failure?.metadata,
				...evidence,
				hint:
					failure?.metadata.hint ??
					`The engine was alive but not ready. See '${spawned.logs.stdout}', or give it longer with \`startTimeoutMs\` (\`--start-timeout\`).`,
			},
			cause,
		});
	}
	const explained = (await explainFullDisk(configuration)) ?? explainExit(exit, logTail);
	const holder =
		explained.code === "database_locked" ? await lockHolder(configuration.layout.databasePath) : undefined;
	const reason =
		holder === undefined ? explained.reason : `${explained.reason}, '${holder.name}' with pid ${holder.pid}`;
	return new EngineError(
		explained.code,
		`engine process exited before becoming healthy with status ${describeExit(exit)}: ${reason}`,
		{
			metadata: {
				exit,
				reason,
				holder,
				...evidence,
				hint: explained.hint ?? `See '${spawned.logs.stderr}'.`,
			},
			cause,
		},
	);
}

/** The engine needs some 100 KB for an empty database; below this it has failed for want of space. */
const SCARCE_BYTES = 256 * 1024;

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
