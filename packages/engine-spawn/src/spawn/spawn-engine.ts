import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { rm } from "node:fs/promises";
import { EngineError, type EngineLogs, type ExitStatus } from "@rivetkit/engine-core";
import { identifyProcess, type ProcessIdentity } from "@rivetkit/engine-core/process";
import { openLogFiles } from "../logs/log-files.ts";
import { type EngineOutput, passOnOutput } from "../logs/pass-on-output.ts";
import { inheritedDescriptors } from "./inherited-descriptors.ts";
import { type SpawnErrorCode, spawnError } from "./spawn-error.ts";
import { requireRequest, type SpawnRequest } from "./spawn-request.ts";
import {
	exitOf,
	type KillRequest,
	killChild,
	type SignalChild,
	type StopRequest,
	signalOf,
	stopChild,
} from "./spawned-child.ts";

/** The codes that {@link spawnEngine} throws. */
export type EngineSpawnErrorCode =
	| SpawnErrorCode
	| "invalid_option"
	| "missing_pid"
	| "no_space"
	| "path_occupied"
	| "read_only";

/** An engine process that was started here. It outlives this process and does not keep it alive, unless `output` was given. */
export interface SpawnedEngine {
	readonly pid: number;
	/** The identity of the process; undefined if the process ended before it could be identified. */
	readonly identity: ProcessIdentity | undefined;
	readonly logs: EngineLogs;
	/** Resolves when the process ends; never after {@link SpawnedEngine.detach}. */
	readonly exited: Promise<ExitStatus>;
	/** Resolves when all of the output was passed on, or at once if `output` was not given. */
	readonly outputEnded: Promise<void>;
	/** Stops watching the process, which goes on. */
	detach(): void;
	/**
	 * Sends a signal to the process, with what it started in its session. Synchronous, so that an `exit` listener can
	 * call this function. Returns false if the process has ended. The pid needs no proof: the system gives it to no
	 * other process before this process has taken note of the end.
	 */
	signal: SignalChild;
	/**
	 * Kills the process by SIGKILL, with what it started in its session, and waits for its end. The engine gets no
	 * chance to save anything: see {@link SpawnedEngine.stop}.
	 *
	 * @returns How the process ended; undefined if it has not ended within the limit, or is no longer watched.
	 * @throws EngineError `invalid_option`.
	 */
	kill(request?: KillRequest): Promise<ExitStatus | undefined>;
	/**
	 * Asks the process to end by SIGTERM, with what it started in its session, and kills what has not ended when the
	 * grace is over.
	 *
	 * @returns How the process ended; undefined if it has not ended within 5 s of SIGKILL, or is no longer watched.
	 * @throws EngineError `invalid_option`; the signal's reason if aborted.
	 */
	stop(request?: StopRequest): Promise<ExitStatus | undefined>;
}

/**
 * Starts an engine in a session of its own, with log files for its output and no other descriptor of this process, so
 * that Ctrl-C, a closed terminal and the end of this process do not reach it.
 *
 * @throws EngineError `binary_not_found`, `binary_not_executable`, `binary_wrong_platform`,
 * `file_in_use`, `invalid_option`, also for a working directory that is missing, `missing_pid`, `no_space`,
 * `path_occupied`, `read_only`.
 */
export async function spawnEngine(request: SpawnRequest): Promise<SpawnedEngine> {
	await requireRequest(request);
	const files = await openLogFiles(request.logsFolder);
	const { output } = request;
	let child: ChildProcess;
	try {
		const [stdout, stderr] = output === undefined ? [files.stdout.fd, files.stderr.fd] : PIPES;
		child = await launch(request, stdout, stderr);
	} catch (error) {
		await closeAll(files);
		// No process was started, so the files are empty.
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
		kill: async (request) => await killChild({ child, pid, exited }, request),
		stop: async (request) => await stopChild({ child, pid, exited }, request),
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
