import type { EngineConfiguration } from "@rivetkit/engine-config";
import type { EnginePorts } from "@rivetkit/engine-core";
import { type EngineError, type ExitStatus, extendedError } from "@rivetkit/engine-core";
import type { DescriptorUse } from "@rivetkit/engine-inspect";
import type { SpawnedEngine } from "@rivetkit/engine-spawn";
import { ANOTHER_IN_POSTGRES } from "../database/version-errors.ts";
import { type ExplainedEnd, explainEnd } from "./explain-end.ts";

/** An engine that was spawned and never became healthy, and has been ended if it had not ended itself. */
export interface FailedStart {
	readonly spawned: Pick<SpawnedEngine, "pid" | "logs">;
	readonly ports: EnginePorts;
	/** As long as it lived. */
	readonly descriptors: DescriptorUse | undefined;
	/** Whether the system counts a kill for want of memory since the spawn; undefined where it does not tell. */
	readonly outOfMemory: boolean | undefined;
	/** What the wait for it ended with. */
	readonly failure: EngineError;
}

/** The error for an engine that was spawned and never became healthy, with the end of its logs. */
export async function explainFailedStart(
	configuration: EngineConfiguration,
	failed: FailedStart,
): Promise<EngineError> {
	const { spawned, ports, descriptors, outOfMemory, failure } = failed;
	const { pid, logs } = spawned;
	const exit = failure.metadata["exit"] as ExitStatus | undefined;
	const timeoutMs = failure.metadata["timeoutMs"] as number | undefined;
	const explained = await explainEnd({ logs, databasePath: configuration.target.layout.databasePath }, exit, {
		outOfMemory,
		descriptors,
		waited: timeoutMs === undefined ? undefined : { pid, timeoutMs },
	});
	const { stdoutTail, stderrTail, holder } = explained;
	const evidence = { pid, logs, stdoutTail, stderrTail };
	// What answers at the port, and who holds it, is known better than the log could tell.
	if (failure.code !== "health_check_failed") {
		const hint = failure.metadata.hint ?? `See '${logs.stdout}'.`;
		return extendedError(failure, { metadata: { ...evidence, hint } });
	}
	const where = `${await namedPorts(explained, ports)}${namedServer(explained, exit, configuration)}`;
	const reason = `${explained.reason}${where}`;
	const log = exit === undefined ? logs.stdout : logs.stderr;
	const isPostgres = configuration.database.kind === "postgres";
	const cure =
		explained.code === "version_rollback" && isPostgres
			? `Use the newer engine, or ${ANOTHER_IN_POSTGRES}.`
			: explained.hint;
	const hint = isVague(explained, exit) ? [cure, `See '${log}'.`].join(" ").trim() : cure;
	return extendedError(failure, {
		code: explained.code,
		message: `${failure.message}: ${reason}`,
		metadata: { ...evidence, reason, holder, hint },
	});
}

/** Where the server is that could not be had; of one that never answers, the engine says nothing at all. */
function namedServer(
	{ code }: ExplainedEnd,
	exit: ExitStatus | undefined,
	{ database, messaging }: Pick<EngineConfiguration, "database" | "messaging">,
): string {
	const postgres = database.kind === "postgres" ? database.name : undefined;
	const nats = messaging.value.kind === "nats" ? messaging.value.name : undefined;
	if (code === "messaging_unavailable") return ` (${nats})`;
	if (code === "storage_unavailable") return postgres ? ` (${postgres})` : "";
	const awaited = [postgres, nats].filter((server) => server !== undefined);
	const mayWait = exit === undefined && code === "health_check_failed" && awaited.length > 0;
	return mayWait ? `; it may be waiting for ${awaited.join(", or for ")}` : "";
}

/** Whether there is more to learn from the log. */
function isVague({ code, hint }: ExplainedEnd, exit: ExitStatus | undefined): boolean {
	return hint === undefined || (exit === undefined && code === "health_check_failed");
}

/** Who has the engine's ports now. Whoever it was that took one may have given it back. */
async function namedPorts({ code }: ExplainedEnd, ports: EnginePorts): Promise<string> {
	const { checkEnginePorts, describeTaken } = await import("@rivetkit/engine-inspect");
	const taken = code === "ports_in_use" ? await checkEnginePorts(ports) : [];
	return taken.length === 0 ? "" : `: ${describeTaken(taken)}`;
}
