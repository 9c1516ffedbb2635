import type { ChildProcess } from "node:child_process";
import {
	type ExitStatus,
	isAbortSignal,
	isDuration,
	pause,
	requireKnownOptions,
	requireOption,
} from "@rivetkit/engine-core";
import { sessionSurvivors } from "@rivetkit/engine-core/process";

/** Sends a signal. Returns false if the child has ended. */
export type SignalChild = (name: NodeJS.Signals) => boolean;

/** Resolves with the status of a child when it ends, at once if it has ended, and never after its listeners are removed. */
export function exitOf(child: ChildProcess): Promise<ExitStatus> {
	return new Promise((resolve) => {
		if (hasEnded(child)) resolve(statusOf(child));
		else child.once("exit", () => resolve(statusOf(child)));
		child.once("error", () => resolve({ kind: "unknown" }));
	});
}

/** Reads the status of a child that has ended. */
export function statusOf({ exitCode, signalCode }: ChildProcess): ExitStatus {
	if (signalCode !== null) return { kind: "signaled", signal: signalCode };
	return exitCode === null ? { kind: "unknown" } : { kind: "exited", code: exitCode };
}

/** A request to kill a child. */
export interface KillRequest {
	/** The time to wait for the end, in milliseconds. @defaultValue 5000 */
	readonly timeoutMs?: number | undefined;
}

/** A request to stop a child. */
export interface StopRequest {
	/** The time between SIGTERM and SIGKILL, in milliseconds. @defaultValue 10000 */
	readonly graceMs?: number | undefined;
	/** Ends the wait. The child has got SIGTERM by then, and gets no SIGKILL. */
	readonly signal?: AbortSignal | undefined;
}

const KILL_OPTIONS: Readonly<Record<keyof KillRequest, true>> = { timeoutMs: true };

const STOP_OPTIONS: Readonly<Record<keyof StopRequest, true>> = { graceMs: true, signal: true };

const DURATION = "a number of milliseconds from 0 to 2147483647";

/** A child process, its pid, and the promise of its end. */
export interface SpawnedChild {
	readonly child: ChildProcess;
	readonly pid: number;
	readonly exited: Promise<ExitStatus>;
}

/**
 * Kills a child, with what it started in its session. Returns how the child ended, or undefined if it has not ended in time.
 *
 * @throws EngineError `invalid_option`.
 */
export async function killChild(
	spawned: SpawnedChild,
	request: KillRequest = {},
): Promise<ExitStatus | undefined> {
	requireKnownOptions(request, KILL_OPTIONS);
	const { timeoutMs = 5000 } = request;
	requireOption("timeoutMs", isDuration(timeoutMs), DURATION);
	if (await isRunning(spawned)) signalGroup(spawned, "SIGKILL");
	let timer: NodeJS.Timeout | undefined;
	const limit = new Promise<undefined>((resolve) => {
		timer = setTimeout(() => resolve(undefined), timeoutMs);
	});
	try {
		return await Promise.race([spawned.exited, limit]);
	} finally {
		clearTimeout(timer);
	}
}

/** Between two looks at a child that should end, in milliseconds. */
const LOOK_GAP_MS = 10;

/**
 * Asks a child to end, with what it started in its session, and kills what is left when the grace is over. Returns how
 * the child ended, or undefined if it has not ended within 5 s of SIGKILL.
 *
 * @throws EngineError `invalid_option`; the signal's reason if aborted.
 */
export async function stopChild(
	spawned: SpawnedChild,
	request: StopRequest = {},
): Promise<ExitStatus | undefined> {
	requireKnownOptions(request, STOP_OPTIONS);
	const { graceMs = 10_000, signal } = request;
	requireOption("graceMs", isDuration(graceMs), DURATION);
	requireOption("signal", signal === undefined || isAbortSignal(signal), "an AbortSignal");
	signal?.throwIfAborted();
	const deadline = performance.now() + graceMs;
	if (await isRunning(spawned)) signalGroup(spawned, "SIGTERM");
	while (performance.now() < deadline && (await isRunning(spawned))) await pause(LOOK_GAP_MS, { signal });
	return await killChild(spawned);
}

/**
 * True if the child, or what it started in its session, has not ended: a wrapper script may end before its engine. In
 * both cases the pid is still safe to signal: the system gives it to no other process before Node has noticed the
 * end, nor while the session lives.
 */
async function isRunning({ child, pid }: SpawnedChild): Promise<boolean> {
	return !hasEnded(child) || (await sessionSurvivors(pid)).length > 0;
}

function hasEnded(child: ChildProcess): boolean {
	return child.exitCode !== null || child.signalCode !== null;
}

/** Makes a function that signals a child, with what it started in its session. */
export function signalOf(child: ChildProcess, pid: number): SignalChild {
	return (name) => {
		if (hasEnded(child)) return false;
		signalGroup({ child, pid }, name);
		return true;
	};
}

/** Signals the process group that the child leads, or only the child if there is no such group. */
function signalGroup({ child, pid }: Pick<SpawnedChild, "child" | "pid">, name: NodeJS.Signals): void {
	try {
		process.kill(-pid, name);
	} catch {
		child.kill(name);
	}
}
