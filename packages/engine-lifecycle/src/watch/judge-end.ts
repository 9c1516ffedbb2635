import type { ExitStatus } from "@rivetkit/engine-core";
import { judgeProcess } from "@rivetkit/engine-core/process";
import { type EngineRecord, markEnding, readRecords } from "@rivetkit/engine-instances";
import { type EngineContext, recordedInstance } from "../context.ts";
import type { EngineStartup } from "../engine.ts";
import { explainEnd } from "../failure/explain-end.ts";
import { processOfStartup } from "./process-of-startup.ts";

/** Why an engine ended: somebody stopped it, or replaces it by another, or nobody asked for it. */
export type EndKind = "stopped" | "replaced" | "crashed";

/** The end of an engine that we know the start of. */
export interface EngineEnd {
	readonly kind: EndKind;
	readonly pid: number | undefined;
	/** The last lines of its logs, oldest first. */
	readonly logTail: readonly string[];
	/** What ended it, in one phrase, as far as that can be told. */
	readonly reason: string;
	/** What to do about it, where that is known. */
	readonly hint: string | undefined;
}

/** What was seen of an end. */
export interface WatchedEnd {
	readonly status: ExitStatus;
	/** Whether the system has killed something beside the engine, or it, for want of memory; undefined if untold. */
	readonly outOfMemory: boolean | undefined;
}

/** What tells why an engine ended. */
export interface EndEvidence {
	/** What whoever ended it has written into its record. */
	readonly ending: EngineRecord["ending"];
	/** Whether an engine of ours has taken its place and lives. */
	readonly isSucceeded?: boolean | undefined;
	readonly status: ExitStatus;
	readonly logTail: readonly string[];
}

/**
 * Decides why an engine ended. One that went when it was told to has not crashed: its parent knows that from
 * its status, everybody else from its log.
 */
export function endKind({ ending, isSucceeded = false, status, logTail }: EndEvidence): EndKind {
	// Whoever looks late finds the record of the next one.
	if (isSucceeded) return "replaced";
	if (ending !== undefined) return ending === "restart" ? "replaced" : "stopped";
	switch (status.kind) {
		case "exited":
			return status.code === 0 ? "stopped" : "crashed";
		case "signaled":
			// So it dies of them in the first moments, before it handles them.
			return ["SIGTERM", "SIGINT"].includes(status.signal) ? "stopped" : "crashed";
		case "unknown":
			return logTail.some((line) => TOLD_TO_END.test(line)) ? "stopped" : "crashed";
	}
}

/** How the engine logs a signal, and then its orderly end. */
const TOLD_TO_END = /message="(?:received SIG(?:TERM|INT)|all services finished)"/;

/**
 * Judges the end of an engine by its record, status and log. Where it was stopped without one of ours, that
 * is written into the record, for those who are not its parent.
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

/** The record of this very engine, or whether that of another has taken its place. */
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
