import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** Stops (SIGSTOP) a process and its children, and returns their pids when all are stopped. Linux only. */
export async function freezeFamily(pid: number): Promise<readonly number[]> {
	// The parent is stopped first, so that it cannot start another child.
	await freeze(pid);
	const children = childrenOf(pid);
	await Promise.all(children.map(freeze));
	return [pid, ...children];
}

/** Lets stopped processes continue. */
export function thawAll(pids: readonly number[]): void {
	for (const pid of pids) send(pid, "SIGCONT");
}

/** Goes on sending until it is seen: a thread on another core runs on for a moment after the signal was sent. */
async function freeze(pid: number): Promise<void> {
	send(pid, "SIGSTOP");
	while (!threadsOf(pid).every((thread) => /^[TZX]/.test(statOf(thread) ?? "X"))) await delay(1);
}

function send(pid: number, signal: NodeJS.Signals): void {
	try {
		process.kill(pid, signal);
	} catch {
		// The process has ended just now.
	}
}

function threadsOf(pid: number): readonly string[] {
	try {
		return readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}`);
	} catch {
		return [];
	}
}

function childrenOf(pid: number): readonly number[] {
	return readdirSync("/proc")
		.filter((name) => /^\d+$/.test(name))
		.filter((name) => statOf(`/proc/${name}`)?.split(" ")[1] === String(pid))
		.map(Number);
}

/** Returns the fields from the state on. The name before the state may contain blanks and parentheses. */
function statOf(folder: string): string | undefined {
	try {
		const stat = readFileSync(`${folder}/stat`, "utf8");
		return stat.slice(stat.lastIndexOf(")") + 2);
	} catch {
		return undefined;
	}
}
