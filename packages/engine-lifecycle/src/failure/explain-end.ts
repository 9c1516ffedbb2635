import { statfs } from "node:fs/promises";
import type { EngineLogs, ExitStatus } from "@rivetkit/engine-core";
import type { PortHolder } from "@rivetkit/engine-inspect";
import type { ExitEvidence, ExitExplanation } from "@rivetkit/engine-spawn/explain";

/** The reason why an engine ended or is not ready, and the last lines of its logs. */
export interface ExplainedEnd extends ExitExplanation {
	readonly stdoutTail: readonly string[];
	readonly stderrTail: readonly string[];
	/** The process that holds the engine's database, if that is the cause and the process is known. */
	readonly holder: PortHolder | undefined;
}

/** The engine whose end is explained. */
export interface EndedEngine {
	/** Undefined if the log files are not known, for example for an engine that another program started. */
	readonly logs: EngineLogs | undefined;
	readonly databasePath: string;
}

/**
 * Explains the end of an engine, during its start or, with `wasHealthy` in the evidence, later. Reads the engine's
 * logs and checks its disk and the lock of its database. Never throws.
 *
 * @param exit - Undefined for an engine that has not ended.
 */
export async function explainEnd(
	{ logs, databasePath }: EndedEngine,
	exit: ExitStatus | undefined,
	evidence: ExitEvidence = {},
): Promise<ExplainedEnd> {
	const { explainExit } = await import("@rivetkit/engine-spawn/explain");
	const { readLogTail } = await import("@rivetkit/engine-spawn");
	const { lockHolder } = await import("@rivetkit/engine-inspect");
	const paths = logs === undefined ? [] : [logs.stdout, logs.stderr];
	const [stdoutTail = [], stderrTail = []] = await Promise.all(paths.map((file) => readLogTail(file)));
	const explainedExit = explainExit(exit, [...stdoutTail, ...stderrTail], evidence);
	const mayBeDisk = explainedExit.code === "health_check_failed" && mayEndSoOnFullDisk(exit);
	const explained = (mayBeDisk ? await explainFullDisk(databasePath) : undefined) ?? explainedExit;
	const holder = explained.code === "database_locked" ? await lockHolder(databasePath) : undefined;
	const named = holder && `, '${holder.name}' with pid ${holder.pid}`;
	return { ...explained, reason: `${explained.reason}${named ?? ""}`, stdoutTail, stderrTail, holder };
}

/** Free space below which the disk counts as full, in bytes: an engine needs some 100 KB for an empty database. */
export const SCARCE_BYTES: number = 256 * 1024;

/**
 * Returns true for the ends that a full disk can cause: the engine exits by itself, or dies of SIGBUS because a
 * mapped file cannot grow, or has not ended because it tries again for ever.
 */
function mayEndSoOnFullDisk(exit: ExitStatus | undefined): boolean {
	switch (exit?.kind) {
		case "exited":
			return exit.code !== 0;
		case "signaled":
			return exit.signal === "SIGABRT" || exit.signal === "SIGBUS";
		case "unknown":
			return false;
		case undefined:
			return true;
	}
}

/** Explains an end from the free disk space alone: on a full disk the engine cannot log why it ends. */
async function explainFullDisk(databasePath: string): Promise<ExitExplanation | undefined> {
	const disk = await statfs(databasePath).catch(() => undefined);
	if (disk === undefined || disk.blocks === 0 || disk.bavail * disk.bsize >= SCARCE_BYTES) return undefined;
	return {
		code: "no_space",
		reason: `there is no space left for its database '${databasePath}'`,
		hint: "Free some space, or move the storage root with `storageRoot` or `RIVETKIT_STORAGE_PATH`.",
	};
}
