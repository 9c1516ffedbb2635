import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { EngineError, type ExitStatus } from "@rivetkit/engine-core";
import { identifyProcess, type ProcessIdentity, sessionSurvivors } from "@rivetkit/engine-core/process";
import type { EngineCommand } from "./command.ts";
import { inheritedDescriptors } from "./inherited-descriptors.ts";
import { type EngineLogs, openLogFiles } from "./log-files.ts";
import { oomKills, oomKillsMoved } from "./oom-kills.ts";
import { type SpawnErrorCode, spawnError } from "./spawn-error.ts";

/** The codes that {@link spawnEngine} throws. */
export type EngineSpawnErrorCode =
	| SpawnErrorCode
	| "invalid_option"
	| "missing_pid"
	| "no_space"
	| "read_only";

/** What to start, and where its output goes. */
export interface SpawnRequest {
	readonly command: EngineCommand;
	/** Created if missing. */
	readonly logsFolder: string;
	/** @defaultValue the working directory of this process */
	readonly cwd?: string | undefined;
	/**
	 * Told at once of the process that was made, before anything else can happen here, with
	 * {@link SpawnedEngine.signal}. A program that is missing may still be found out after that.
	 */
	readonly onChild?: ((signal: SpawnedEngine["signal"]) => void) | undefined;
}

/** An engine process that was started here. It does not keep this process alive, and outlives it. */
export interface SpawnedEngine {
	readonly pid: number;
	/** Undefined if the process was gone before it could be looked at. */
	readonly identity: ProcessIdentity | undefined;
	readonly logs: EngineLogs;
	/** Resolves when the process ends; never after {@link SpawnedEngine.detach}. */
	readonly exited: Promise<ExitStatus>;
	/** Stops watching. The engine goes on. */
	detach(): void;
	/**
	 * Sends a signal to the process and what it started in its session, at once, so that an `exit` listener can do so
	 * too. False if it has ended. No proof is needed: its number is nobody else's until this process has taken note of its end.
	 */
	signal(name: NodeJS.Signals): boolean;
	/**
	 * Kills the process, with what it started in its session, and waits up to `timeoutMs` for its end.
	 * For one that never became healthy: it gets no chance to shut down.
	 *
	 * @param timeoutMs - @defaultValue 5000
	 * @returns How it ended, or undefined if it had not ended in time.
	 */
	terminate(timeoutMs?: number): Promise<ExitStatus | undefined>;
	/**
	 * Whether the system counts a kill for want of memory in the engine's cgroup since the spawn; undefined
	 * where it does not tell.
	 */
	outOfMemory(): Promise<boolean | undefined>;
}

/**
 * Starts an engine in a session of its own, with log files for its output and no descriptor of this
 * process but those, so that Ctrl-C, a closed terminal and the end of this process do not reach it.
 *
 * @throws EngineError `binary_not_found`, `binary_not_executable`, `binary_wrong_platform`,
 * `file_in_use`, `invalid_option` for a working directory that is missing, `missing_pid`, `no_space`,
 * `read_only`.
 */
export async function spawnEngine(request: SpawnRequest): Promise<SpawnedEngine> {
	await checkFolder(request.cwd);
	const [files, killsBefore] = await Promise.all([openLogFiles(request.logsFolder), oomKills("self")]);
	let child: ChildProcess;
	try {
		child = await launch(request, files.stdout.fd, files.stderr.fd);
	} catch (error) {
		// Nothing was started that could have written to them.
		await Promise.all([files.logs.stdout, files.logs.stderr].map((path) => rm(path, { force: true })));
		throw error;
	} finally {
		await Promise.all([files.stdout.close(), files.stderr.close()]);
	}
	const { pid } = child;
	if (pid === undefined) throw new EngineError("missing_pid", "Engine process is missing a pid.");
	const exited = exitOf(child);
	child.unref();
	return {
		pid,
		identity: await identifyProcess(pid),
		logs: files.logs,
		exited,
		detach: () => void child.removeAllListeners("exit"),
		signal: signalOf(child, pid),
		terminate: (timeoutMs = 5000) => terminate(child, pid, exited, timeoutMs),
		outOfMemory: () => oomKillsMoved(killsBefore),
	};
}

async function launch(request: SpawnRequest, stdout: number, stderr: number): Promise<ChildProcess> {
	const { file, args, env } = request.command;
	const stdio: ("ignore" | number)[] = ["ignore", stdout, stderr];
	const leaking = inheritedDescriptors();
	const nowhere = leaking.length === 0 ? undefined : openSync("/dev/null", constants.O_RDWR);
	for (const descriptor of leaking) {
		while (stdio.length < descriptor) stdio.push("ignore");
		stdio[descriptor] = nowhere ?? "ignore";
	}
	try {
		const child = spawn(file, [...args], { cwd: request.cwd, env, stdio, detached: true, windowsHide: true });
		if (child.pid !== undefined) request.onChild?.(signalOf(child, child.pid));
		await new Promise<void>((resolve, reject) => {
			child.once("spawn", resolve);
			child.once("error", reject);
		});
		child.removeAllListeners("error");
		return child;
	} catch (error) {
		throw spawnError(error as NodeJS.ErrnoException, file);
	} finally {
		if (nowhere !== undefined) closeSync(nowhere);
	}
}

function exitOf(child: ChildProcess): Promise<ExitStatus> {
	return new Promise((resolve) => {
		const settle = (code: number | null, signal: NodeJS.Signals | null): void => {
			if (signal !== null) resolve({ kind: "signaled", signal });
			else resolve(code === null ? { kind: "unknown" } : { kind: "exited", code });
		};
		if (child.exitCode !== null || child.signalCode !== null) settle(child.exitCode, child.signalCode);
		else child.once("exit", settle);
		child.once("error", () => resolve({ kind: "unknown" }));
	});
}

async function terminate(
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

function signalOf(child: ChildProcess, pid: number): SpawnedEngine["signal"] {
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

/** A missing working directory would be reported as a missing binary. */
async function checkFolder(cwd: string | undefined): Promise<void> {
	if (cwd === undefined) return;
	const isFolder = await stat(cwd).then(
		(stats) => stats.isDirectory(),
		() => false,
	);
	if (isFolder) return;
	throw new EngineError("invalid_option", `Option 'cwd' is '${cwd}', which is not a folder.`, {
		metadata: { option: "cwd", path: cwd },
	});
}
