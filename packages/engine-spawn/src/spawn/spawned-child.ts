import type { ChildProcess } from "node:child_process";
import type { ExitStatus } from "@rivetkit/engine-core";
import { sessionSurvivors } from "@rivetkit/engine-core/process";

/** Sends a signal; false if the child has ended. */
export type SignalChild = (name: NodeJS.Signals) => boolean;

/** How a child ends; at once if it has. Never after its listeners are removed. */
export function exitOf(child: ChildProcess): Promise<ExitStatus> {
	return new Promise((resolve) => {
		if (hasEnded(child)) resolve(statusOf(child));
		else child.once("exit", () => resolve(statusOf(child)));
		child.once("error", () => resolve({ kind: "unknown" }));
	});
}

/** How a child has ended. */
export function statusOf({ exitCode, signalCode }: ChildProcess): ExitStatus {
	if (signalCode !== null) return { kind: "signaled", signal: signalCode };
	return exitCode === null ? { kind: "unknown" } : { kind: "exited", code: exitCode };
}

/** Kills a child with what it started in its session, and waits for its end, for a limited time. */
export async function terminate(
	child: ChildProcess,
	pid: number,
	exited: Promise<ExitStatus>,
	timeoutMs: number,
): Promise<ExitStatus | undefined> {
	// The process leads its own group. Its number is its own until Node has reaped it, and after that as long
	// as what a wrapper script left behind lives.
	if (!hasEnded(child) || (await sessionSurvivors(pid)).length > 0) signalGroup(child, pid, "SIGKILL");
	let timer: NodeJS.Timeout | undefined;
	const limit = new Promise<undefined>((resolve) => {
		timer = setTimeout(() => resolve(undefined), timeoutMs);
	});
	try {
		return await Promise.race([exited, limit]);
	} finally {
		clearTimeout(timer);
	}
}

function hasEnded(child: ChildProcess): boolean {
	return child.exitCode !== null || child.signalCode !== null;
}

/** What signals a child and what it started in its session. */
export function signalOf(child: ChildProcess, pid: number): SignalChild {
	return (name) => {
		if (hasEnded(child)) return false;
		signalGroup(child, pid, name);
		return true;
	};
}

function signalGroup(child: ChildProcess, pid: number, name: NodeJS.Signals): void {
	try {
		process.kill(-pid, name);
	} catch {
		child.kill(name);
	}
}
