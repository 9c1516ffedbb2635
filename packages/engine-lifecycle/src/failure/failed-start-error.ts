import type { EngineConfiguration } from "@rivetkit/engine-config";
import { type EngineError, type EnginePorts, type ExitStatus, extendedError } from "@rivetkit/engine-core";
import type { DescriptorUse } from "@rivetkit/engine-inspect";
import type { SpawnedEngine } from "@rivetkit/engine-spawn";
import { ANOTHER_IN_POSTGRES } from "../database/version-errors.ts";
import { type ExplainedEnd, explainEnd } from "./explain-end.ts";

/** A spawned engine that never became healthy and has ended, by itself or by this process. */
export interface FailedStart {
	readonly spawned: Pick<SpawnedEngine, "pid" | "logs">;
	readonly ports: EnginePorts;
	/** The number of its open files before it was ended; undefined if they could not be counted. */
	readonly descriptors: DescriptorUse | undefined;
	/**
	 * True if the system has counted a kill for lack of memory since the spawn; undefined if the system does not report
	 * that.
	 */
	readonly outOfMemory: boolean | undefined;
	/** The error that ended the wait for the engine. */
	readonly failure: EngineError;
}

/** Makes the error for an engine that was spawned and never became healthy, with the end of its logs. */
export async function failedStartError(
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
	// The wait has found out what answers at the port, or which process holds it. The log does not contain that.
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

/**
 * Names the server that refused the engine, or that the engine may be waiting for: the engine logs nothing about a
 * silent server.
 */
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

/** Returns true if the log may explain more than this. */
function isVague({ code, hint }: ExplainedEnd, exit: ExitStatus | undefined): boolean {
	return hint === undefined || (exit === undefined && code === "health_check_failed");
}

/** Names the processes that hold the engine's ports now; the process that took a port may have released it. */
async function namedPorts({ code }: ExplainedEnd, ports: EnginePorts): Promise<string> {
	const { checkEnginePorts, describeTaken } = await import("@rivetkit/engine-inspect");
	const taken = code === "ports_in_use" ? await checkEnginePorts(ports) : [];
	return taken.length === 0 ? "" : `: ${describeTaken(taken)}`;
}
