import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { EngineError, type EngineLogs, type ExitStatus } from "@rivetkit/engine-core";
import { identifyProcess, type ProcessIdentity } from "@rivetkit/engine-core/process";
import type { EngineCommand } from "../command/engine-command.ts";
import { openLogFiles } from "../logs/log-files.ts";
import { type EngineOutput, passOnOutput } from "../logs/pass-on-output.ts";
import { inheritedDescriptors } from "./inherited-descriptors.ts";
import { type SpawnErrorCode, spawnError } from "./spawn-error.ts";
import { exitOf, type SignalChild, signalOf, terminate } from "./spawned-child.ts";

/** The codes that {@link spawnEngine} throws. */
export type EngineSpawnErrorCode =
	| SpawnErrorCode
	| "invalid_option"
	| "missing_pid"
	| "no_space"
	| "path_occupied"
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
	readonly onChild?: ((signal: SignalChild) => void) | undefined;
	/**
	 * Where the engine's output goes, for one that runs in the foreground: it keeps this process alive, and does
	 * not outlive it for long. Its log files then hold the last of it. @defaultValue the log files alone
	 */
	readonly output?: EngineOutput | undefined;
}

/** An engine process that was started here. Unless its output is passed on, it outlives this process, and does not keep it alive. */
export interface SpawnedEngine {
	readonly pid: number;
	/** Undefined if the process was gone before it could be looked at. */
	readonly identity: ProcessIdentity | undefined;
	readonly logs: EngineLogs;
	/** Resolves when the process ends; never after {@link SpawnedEngine.detach}. */
	readonly exited: Promise<ExitStatus>;
	/** Resolves when all of its output was passed on; at once where none is. */
	readonly outputEnded: Promise<void>;
	/** Stops watching. The engine goes on. */
	detach(): void;
	/**
	 * Sends a signal to the process and what it started in its session, at once, so that an `exit` listener can do so
	 * too. False if it has ended. No proof is needed: its number is nobody else's until this process has taken note of its end.
	 */
	signal: SignalChild;
	/**
	 * Kills the process, with what it started in its session, and waits up to `timeoutMs` for its end.
	 * For one that never became healthy: it gets no chance to shut down.
	 *
	 * @param timeoutMs - @defaultValue 5000
	 * @returns How it ended, or undefined if it had not ended in time.
	 */
	terminate(timeoutMs?: number): Promise<ExitStatus | undefined>;
}

/**
 * Starts an engine in a session of its own, with log files for its output and no descriptor of this
 * process but those, so that Ctrl-C, a closed terminal and the end of this process do not reach it.
 *
 * @throws EngineError `binary_not_found`, `binary_not_executable`, `binary_wrong_platform`,
 * `file_in_use`, `invalid_option` for a working directory that is missing, `missing_pid`, `no_space`,
 * `path_occupied`, `read_only`.
 */
export async function spawnEngine(request: SpawnRequest): Promise<SpawnedEngine> {
	await checkFolder(request.cwd);
	const files = await openLogFiles(request.logsFolder);
	const { output } = request;
	let child: ChildProcess;
	try {
		const [stdout, stderr] = output === undefined ? [files.stdout.fd, files.stderr.fd] : PIPES;
		child = await launch(request, stdout, stderr);
	} catch (error) {
		await closeAll(files);
		// Nothing was started that could have written to them.
		await Promise.all([files.logs.stdout, files.logs.stderr].map((path) => rm(path, { force: true })));
		throw error;
	}
	const outputEnded = output === undefined ? closeAll(files) : passOn(child, files, output);
	if (output === undefined) await outputEnded;
	const { pid } = child;
	if (pid === undefined) throw new EngineError("missing_pid", "Engine process is missing a pid.");
	const exited = exitOf(child);
	if (output === undefined) child.unref();
	return {
		pid,
		identity: await identifyProcess(pid),
		logs: files.logs,
		exited,
		outputEnded,
		detach: () => void child.removeAllListeners("exit"),
		signal: signalOf(child, pid),
		terminate: (timeoutMs = 5000) => terminate(child, pid, exited, timeoutMs),
	};
}

type LogFiles = Awaited<ReturnType<typeof openLogFiles>>;

async function closeAll({ stdout, stderr }: LogFiles): Promise<void> {
	await Promise.all([stdout.close(), stderr.close()]);
}

const PIPES = ["pipe", "pipe"] as const;

async function passOn(child: ChildProcess, files: LogFiles, output: EngineOutput): Promise<void> {
	const { stdout, stderr } = child;
	if (stdout === null || stderr === null) return await closeAll(files);
	await Promise.all([
		passOnOutput(stdout, files.stdout, output.stdout),
		passOnOutput(stderr, files.stderr, output.stderr),
	]);
}

type Destination = number | "pipe";

async function launch(
	request: SpawnRequest,
	stdout: Destination,
	stderr: Destination,
): Promise<ChildProcess> {
	const { file, args, env } = request.command;
	const stdio: ("ignore" | Destination)[] = ["ignore", stdout, stderr];
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
