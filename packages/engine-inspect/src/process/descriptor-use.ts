import { readFile } from "node:fs/promises";
import { openDescriptors } from "./open-descriptors.ts";

/** The number of files that a process has open, sockets included, and its limit. */
export interface DescriptorUse {
	readonly open: number;
	/** Infinity if there is no limit. */
	readonly limit: number;
}

/** Counts the files that a process has open. Undefined if it has ended, may not be looked into, or without `/proc`. */
export async function descriptorUse(pid: number): Promise<DescriptorUse | undefined> {
	const limits = await readFile(`/proc/${pid}/limits`, "utf8").catch(() => "");
	const limit = openFilesLimit(limits);
	const { length: open } = await openDescriptors(pid);
	return limit === undefined || open === 0 ? undefined : { open, limit };
}

/** The soft limit of open files in a text like `/proc/<pid>/limits`. @see proc_pid_limits(5) */
export function openFilesLimit(limits: string): number | undefined {
	const soft = /^Max open files\s+(\S+)/m.exec(limits)?.[1];
	if (soft === undefined) return undefined;
	return soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft);
}
