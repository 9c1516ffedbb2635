import { readdirSync, readFileSync } from "node:fs";

/**
 * Stops a process and its children synchronously, so that no event can come in between. The caller lets them go on with
 * `thaw`.
 */
export function freezeNow(pid: number): { thaw(): void } {
	const family = [
		pid,
		...readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number),
	];
	for (const one of family) process.kill(one, "SIGSTOP");
	// A thread on another core goes on for a moment after the signal.
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
		// The process was killed in the meantime.
	}
}

function isStopped(pid: number): boolean {
	return readdirSync(`/proc/${pid}/task`).every((thread) =>
		/^\d+ \(.*\) [TZX] /s.test(readFileSync(`/proc/${pid}/task/${thread}/stat`, "utf8")),
	);
}
