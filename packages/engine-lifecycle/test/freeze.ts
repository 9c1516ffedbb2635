import { readdirSync, readFileSync } from "node:fs";
import { vi } from "vitest";

/** Stops a process by SIGSTOP, so that it lives and cannot answer, and returns when all its threads have stopped. */
export async function freeze(pid: number): Promise<void> {
	process.kill(pid, "SIGSTOP");
	await vi.waitUntil(() => everyThreadIsStopped(pid), { timeout: 10_000, interval: 1 });
}

/** Looks at each thread: a thread on another core goes on for a moment after the signal. */
function everyThreadIsStopped(pid: number): boolean {
	return readdirSync(`/proc/${pid}/task`).every((thread) => {
		const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, "utf8");
		return stat.slice(stat.lastIndexOf(")") + 2).startsWith("T");
	});
}
