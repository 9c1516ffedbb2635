import { statfs } from "node:fs/promises";
import type { EngineLogs, ExitStatus } from "@rivetkit/engine-core";
import type { PortHolder } from "@rivetkit/engine-inspect";
import type { ExitEvidence, ExitExplanation } from "@rivetkit/engine-spawn/explain";

/** The reason why an engine ended or is not ready, and the last lines of its logs. */
export interface ExplainedEnd extends ExitExplanation {
	readonly stdoutTail: readonly string[];
	readonly stderrTail: readonly string[];
	/** The process that has its database, if that is the cause and can be told. */
	readonly holder: PortHolder | undefined;
}

/** The engine that is asked about. */
export interface EndedEngine {
	/** Undefined if they are not known, as for an engine that another program started. */
	readonly logs: EngineLogs | undefined;
	readonly databasePath: string;
}

/**
 * Explains the end of an engine, at its start or, with `wasHealthy` in the evidence, at any time after.
 * Reads its logs and looks at its disk and its database's lock; never throws.
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
	const told = explainExit(exit, [...stdoutTail, ...stderrTail], evidence);
	const mayBeDisk = told.code === "health_check_failed" && mayEndSoOnFullDisk(exit);
	const explained = (mayBeDisk ? await explainFullDisk(databasePath) : undefined) ?? told;
	const holder = explained.code === "database_locked" ? await lockHolder(databasePath) : undefined;
	const named = holder && `, '${holder.name}' with pid ${holder.pid}`;
	return { ...explained, reason: `${explained.reason}${named ?? ""}`, stdoutTail, stderrTail, holder };
}

/** Free space below which the disk counts as full, in bytes: an engine needs some 100 KB for an empty database. */
export const SCARCE_BYTES: number = 256 * 1024;

/**
 * Tells whether an engine on a full disk may have ended like this: by itself; by SIGBUS, if a file that it has mapped
 * cannot grow; or not at all, since it may try again for ever.
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

/** Explains an end by the disk alone: on a full disk the engine cannot log why it ends. */
async function explainFullDisk(databasePath: string): Promise<ExitExplanation | undefined> {
	const disk = await statfs(databasePath).catch(() => undefined);
	if (disk === undefined || disk.blocks === 0 || disk.bavail * disk.bsize >= SCARCE_BYTES) return undefined;
	return {
		code: "no_space",
		reason: `there is no space left for its database '${databasePath}'`,
		hint: "Free some space, or move the storage root with `storageRoot` or `RIVETKIT_STORAGE_PATH`.",
	};
}
