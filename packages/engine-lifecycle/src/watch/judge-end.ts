import type { ExitStatus } from "@rivetkit/engine-core";
import { judgeProcess } from "@rivetkit/engine-core/process";
import { type EngineRecord, markEnding, readRecords } from "@rivetkit/engine-instances";
import { type EngineContext, recordedInstance } from "../context.ts";
import type { EngineStartup } from "../engine.ts";
import { explainEnd } from "../failure/explain-end.ts";
import { type EndKind, endKind } from "./end-kind.ts";
import { processOfStartup } from "./process-of-startup.ts";

/** The end of an engine whose start is known. */
export interface EngineEnd {
	readonly kind: EndKind;
	readonly pid: number | undefined;
	/** The last lines of the engine's logs, oldest first. */
	readonly logTail: readonly string[];
	/** The cause of the end, in one phrase, as far as it is known. */
	readonly reason: string;
	/** The advice for the user, where there is one. */
	readonly hint: string | undefined;
}

/** The observed end of an engine. */
export interface WatchedEnd {
	readonly status: ExitStatus;
	/**
	 * True if the system has killed the engine, or another process of its cgroup, for lack of memory; undefined if the
	 * system does not report that.
	 */
	readonly outOfMemory: boolean | undefined;
}

/**
 * Judges the end of an engine from its record, exit status and log. If the engine was stopped without a call of ours,
 * writes that into the record, for programs that are not its parent.
 */
export async function judgeEnd(
	context: EngineContext,
	startup: EngineStartup,
	{ status, outOfMemory }: WatchedEnd,
): Promise<EngineEnd> {
	const { pid, logs } = processOfStartup(startup);
	const { databasePath } = context.configuration.target.layout;
	const { record, isSucceeded } = await recordOf(context, startup);
	const evidence = { wasHealthy: true, outOfMemory };
	const { stdoutTail, stderrTail, reason, hint } = await explainEnd({ logs, databasePath }, status, evidence);
	const logTail = [...stdoutTail, ...stderrTail];
	const kind = endKind({ ending: record?.ending, isSucceeded, status, logTail });
	if (kind === "stopped" && record !== undefined) await markEnding(recordedInstance(context), record, "stop");
	return { kind, pid, logTail, reason, hint };
}

/** Reads the record of the ended engine, and finds out whether the record of a living engine has replaced it. */
async function recordOf(
	context: EngineContext,
	startup: EngineStartup,
): Promise<{ readonly record?: EngineRecord; readonly isSucceeded: boolean }> {
	const { recorded } = await readRecords(context.configuration.target.layout);
	const { pid, instanceId } = processOfStartup(startup);
	if (recorded.kind !== "present") return { isSucceeded: false };
	const { record } = recorded;
	const isItsOwn =
		record.identity.pid === pid && (instanceId === undefined || record.instanceId === instanceId);
	if (isItsOwn) return { record, isSucceeded: false };
	return { isSucceeded: (await judgeProcess(record.identity)) === "alive" };
}
