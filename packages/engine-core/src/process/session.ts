import { readdirSync } from "node:fs";
import { hasEnded, readProcStat } from "./reader/linux-reader.ts";

/** Returns the session of a process, as the pid of its leader. Undefined if that cannot be told. */
export async function sessionOfProcess(pid: number): Promise<number | undefined> {
	return readProcStat(pid)?.session;
}

/**
 * Lists the living processes of a session whose leader has ended. As long as such processes live, the kernel gives the
 * leader's pid to no other process. If a process has that pid, the session is therefore another one, and the list is
 * empty. Works on Linux only; elsewhere the list is empty.
 */
export async function sessionSurvivors(leader: number): Promise<readonly number[]> {
	const members = processesOrNone().filter((pid) => {
		const stat = readProcStat(pid);
		return stat?.session === leader && !hasEnded(stat);
	});
	return members.includes(leader) ? [] : members;
}

function processesOrNone(): readonly number[] {
	try {
		return readdirSync("/proc")
			.map(Number)
			.filter((pid) => pid > 0);
	} catch {
		return [];
	}
}
