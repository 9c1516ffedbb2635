import { readFileSync, readlinkSync } from "node:fs";
import { type ProcStat, parseProcStat } from "./proc-stat.ts";
import type { ProcessPlace, ProcessReader, ProcessSighting } from "./process-reader.ts";

/** A reader of `/proc`. */
export const linuxReader: ProcessReader = {
	async readProcess(pid: number): Promise<ProcessSighting> {
		const stat = readProcStat(pid);
		// An unreadable process may be there: procfs can hide it (`hidepid`), or this process has no descriptor left.
		if (stat === null) return { kind: "unreadable" };
		return hasEnded(stat) ? { kind: "ended" } : { kind: "running", startTime: stat.startTime };
	},

	async readPlace(): Promise<ProcessPlace> {
		return {
			bootId: readOrNull("/proc/sys/kernel/random/boot_id")?.trim() ?? null,
			machineId: readOrNull("/etc/machine-id")?.trim() || null,
			pidNamespace: orNull(() => readlinkSync("/proc/self/ns/pid")),
		};
	},
};

/** Reads `/proc/<pid>/stat`; null if it cannot be read. */
export function readProcStat(pid: number): ProcStat | null {
	const line = readOrNull(`/proc/${pid}/stat`);
	return line === null ? null : parseProcStat(line);
}

/** True if only the entry of the process is left, as for a zombie. */
export function hasEnded({ state }: ProcStat): boolean {
	return state === "Z" || state === "X";
}

/** Reads a file of `/proc` synchronously: the kernel answers without a disk. */
function readOrNull(path: string): string | null {
	return orNull(() => readFileSync(path, "utf8"));
}

function orNull<Value>(read: () => Value): Value | null {
	try {
		return read();
	} catch {
		return null;
	}
}
