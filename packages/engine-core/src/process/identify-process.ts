import type { ProcessIdentity } from "./process-identity.ts";
import { localReader } from "./reader/local-reader.ts";
import type { ProcessReader } from "./reader/process-reader.ts";

/** The identity of the process that has `pid` now, or undefined if none has. A zombie counts as none. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | undefined> {
	return identifyWith(localReader(), pid);
}

/** Identifies by what `reader` sees. A pid that nobody has is not even asked for. */
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
 * Whether some process, even a zombie or one that may not be signalled, has this pid in our namespace. It may be
 * another by now than the one that was meant: {@link judgeProcess} tells.
 */
export function pidExists(pid: number): boolean {
	// To the kernel 0 and below are groups of processes.
	if (pid <= 0) return false;
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "EPERM";
	}
}
