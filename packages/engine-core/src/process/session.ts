import { readdirSync } from "node:fs";
import { hasEnded, readProcStat } from "./reader/linux-reader.ts";

/** The session that a process belongs to, by the pid of its leader. Undefined where that cannot be told. */
export async function sessionOfProcess(pid: number): Promise<number | undefined> {
	return readProcStat(pid)?.session;
}

/**
 * The living processes of a session whose leader has ended, by the leader's pid. While there are any, the
 * kernel gives that number to nobody; so where some process has it, the session is another one, and the
 * answer is empty. Linux only; empty elsewhere.
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
