import { readdirSync, readFileSync } from "node:fs";

/**
 * Stops a process and its children before it returns, so that nothing can come in between. Whoever calls this lets
 * them go on with `thaw`.
 */
export function freezeNow(pid: number): { thaw(): void } {
	const family = [
		pid,
		...readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number),
	];
	for (const one of family) process.kill(one, "SIGSTOP");
	// A thread on another core runs on for a moment after the signal was sent.
	while (!family.every(isStopped));
	return {
		thaw: () => {
			for (const one of family.splice(0)) thawIfThere(one);
		},
	};
}

function thawIfThere(pid: number): void {
	try {
		process.kill(pid, "SIGCONT");
	} catch {
		// Somebody has killed it.
	}
}

function isStopped(pid: number): boolean {
	return readdirSync(`/proc/${pid}/task`).every((thread) =>
		/^\d+ \(.*\) [TZX] /s.test(readFileSync(`/proc/${pid}/task/${thread}/stat`, "utf8")),
	);
}
