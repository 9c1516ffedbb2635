import { readdirSync, readFileSync } from "node:fs";
import { vi } from "vitest";

/** Stops a process as it stands, alive but unable to answer, and returns when all of it is. */
export async function freeze(pid: number): Promise<void> {
	process.kill(pid, "SIGSTOP");
	await vi.waitUntil(() => everyThreadIsStopped(pid), { timeout: 10_000, interval: 1 });
}

/** A thread that runs on another core goes on for a moment after the signal was sent. */
function everyThreadIsStopped(pid: number): boolean {
	return readdirSync(`/proc/${pid}/task`).every((thread) => {
		const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, "utf8");
		return stat.slice(stat.lastIndexOf(")") + 2).startsWith("T");
	});
}
