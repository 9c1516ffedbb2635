import { readdirSync } from "node:fs";
import { hasEnded, readProcStat } from "./reader/linux-reader.ts";

/** Returns the session id of a process, which is the pid of the session's leader; undefined if it cannot be read. */
export async function sessionOfProcess(pid: number): Promise<number | undefined> {
	return readProcStat(pid)?.session;
}

/**
 * Lists the living processes of a session whose leader has ended. While such processes live, the kernel gives the
 * leader's pid to no other process. If a process has that pid, the leader lives or the session is another one, and the
 * list is empty. Works on Linux only; elsewhere the list is empty.
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
