import { readFileSync, readlinkSync } from "node:fs";
import { type ProcStat, parseProcStat } from "./proc-stat.ts";
import type { ProcessPlace, ProcessReader, ProcessSighting } from "./process-reader.ts";

/** A reader of `/proc`. */
export const linuxReader: ProcessReader = {
	async readProcess(pid: number): Promise<ProcessSighting> {
		const stat = readProcStat(pid);
		// Not proof that the process has ended: procfs can hide it (`hidepid`), or this process has no file descriptor left.
		// The caller checks.
		if (stat === null) return { kind: "unreadable" };
		return hasEnded(stat) ? { kind: "ended" } : { kind: "running", startTime: stat.startTime };
	},

	async readPlace(): Promise<ProcessPlace> {
		return {
			bootId: readOrNull("/proc/sys/kernel/random/boot_id")?.trim() ?? null,
			// `||`: an empty file is also null, since an empty id would be equal on different machines.
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

/** True if the process has ended and only its entry in the process table is left (a zombie). */
export function hasEnded({ state }: ProcStat): boolean {
	return state === "Z" || state === "X";
}

/** Reads a small file; null if it cannot be read. Synchronous, since these files are tiny and most are in `/proc`. */
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
