import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { pidExists } from "@rivetkit/engine-core/process";

/** Resolves when no process has `pid`, or only a zombie; rejects if one still runs after `timeoutMs`. */
export async function processGone(pid: number, timeoutMs = 5000): Promise<void> {
	const deadline = performance.now() + timeoutMs;
	for (;;) {
		const state = await processState(pid);
		if (state === undefined || state === "Z" || state === "X") return;
		if (performance.now() > deadline) {
			throw new Error(`Process ${pid} still runs after ${timeoutMs} ms, in state ${state}.`);
		}
		await delay(10);
	}
}

async function processState(pid: number): Promise<string | undefined> {
	if (process.platform !== "linux") return pidExists(pid) ? "running" : undefined;
	const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
	return stat?.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3);
}
