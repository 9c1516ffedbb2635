import { describeExit, EngineError, type ExitStatus } from "@rivetkit/engine-core";
import { explainExit, lockHolder, readLogTail, type SpawnedEngine } from "@rivetkit/engine-spawn";
import type { EngineConfiguration } from "./configuration.ts";

/** The error for an engine that was spawned and never became healthy, with the end of its logs. */
export async function explainFailedStart(
	configuration: EngineConfiguration,
	spawned: SpawnedEngine,
	failure: EngineError | undefined,
	cause: unknown,
): Promise<EngineError> {
	const [stdoutTail, stderrTail] = await Promise.all([readLogTail(spawned.logs.stdout), readLogTail(spawned.logs.stderr)]);
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
	const explained = explainExit(exit, logTail);
	const holder = explained.code === "database_locked" ? await lockHolder(configuration.layout.databasePath) : undefined;
	const reason = holder === undefined ? explained.reason : `${explained.reason}, '${holder.name}' with pid ${holder.pid}`;
	return new EngineError(
		explained.code,
		`engine process exited before becoming healthy with status ${describeExit(exit)}: ${reason}`,
		{
			metadata: { exit, reason, holder, ...evidence, hint: explained.hint ?? `See '${spawned.logs.stderr}'.` },
			cause,
		},
	);
}
