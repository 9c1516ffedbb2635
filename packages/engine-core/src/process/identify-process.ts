import type { ProcessIdentity } from "./process-identity.ts";
import { localReader } from "./reader/local-reader.ts";
import type { ProcessReader } from "./reader/process-reader.ts";

/** Identifies the process that has `pid` now; undefined if no process has it. A zombie counts as no process. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | undefined> {
	return identifyWith(localReader(), pid);
}

/** Identifies a process with the facts that `reader` finds. The reader is not asked about a pid that no process has. */
export async function identifyWith(reader: ProcessReader, pid: number): Promise<ProcessIdentity | undefined> {
	if (!pidExists(pid)) return undefined;
	const [sighting, place] = await Promise.all([reader.readProcess(pid), reader.readPlace()]);
	switch (sighting.kind) {
		case "running":
			return { pid, startTime: sighting.startTime, ...place };
		case "ended":
			return undefined;
		case "unreadable":
			return pidExists(pid) ? { pid, startTime: null, ...place } : undefined;
	}
}

/**
 * True if a process has this pid in our namespace, even a zombie or a process that we may not signal. It may be a
 * different process than before, since pids are reused: {@link judgeProcess} notices that.
 */
export function pidExists(pid: number): boolean {
	// For the kernel, 0 and negative numbers mean process groups.
	if (pid <= 0) return false;
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "EPERM";
	}
}
