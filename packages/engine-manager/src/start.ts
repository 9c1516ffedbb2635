import type { EngineOptions, TargetOptions } from "@rivetkit/engine-config";
import type { Engine, StopOptions } from "@rivetkit/engine-lifecycle";
import {
	type RestartOptions,
	type RestartResult,
	restartEngine as restart,
	type StopResult,
	startOrReuse as start,
	stopEngine as stop,
} from "@rivetkit/engine-lifecycle";
import type { ForegroundEngine, RunOptions } from "@rivetkit/engine-lifecycle/foreground";
import type { EngineCommand } from "@rivetkit/engine-spawn";
import { type CallOptions, withEnvironment } from "./call-options.ts";

/**
 * Finds the engine that runs at the endpoint, or starts one, and answers when it is healthy. The engine
 * outlives this process.
 *
 * @throws EngineError with a code of `EngineManagerErrorCode`; the signal's reason if aborted.
 */
export async function startOrReuse(options: EngineOptions & CallOptions = {}): Promise<Engine> {
	return await start(withEnvironment(options));
}

/**
 * Ends the engine and starts one with these options in its place, at the address of the old one where none is
 * asked for; or starts one if none runs. Other programs that start meanwhile wait, and reuse the new one.
 * Nothing is ended before a binary is at hand that can have the database.
 * Two programs that call it at once restart the engine twice, one after the other.
 *
 * @throws EngineError `not_ours` for an engine that we did not start; `engine_in_use` while other processes
 * keep connections to it, told on Linux only; `invalid_option` if it was given settings by its options that these
 * do not give; none of them if `force` is set. As `stopEngine` and `startOrReuse`.
 */
export async function restartEngine(options: RestartOptions & CallOptions = {}): Promise<RestartResult> {
	return await restart(withEnvironment(options));
}

/**
 * Stops the engine, whichever process started it: SIGTERM, then SIGKILL when the grace is over. Only after
 * proof that the process is the engine of this storage; starts nothing. Programs that would restart it after
 * a crash are told that this is none.
 *
 * @throws EngineError `not_ours` where there is no such proof, or where nobody has recorded the engine and
 * `force` is not set; `endpoint_unresponsive` if the process survives or its port stays taken;
 * `invalid_option`, `invalid_endpoint`; the signal's reason if aborted.
 */
export async function stopEngine(
	options: TargetOptions & StopOptions & CallOptions = {},
): Promise<StopResult> {
	return await stop(withEnvironment(options));
}

/**
 * Starts an engine in the foreground of this process, for systemd and containers, and answers when it is ready. After a
 * crash, the service manager starts the program again. systemd and containers end every process of a service. If only
 * this process is killed, the engine goes on, and its output is lost, until the next such start or `stopEngine` ends it.
 *
 * @throws EngineError `already_running` if one answers at the endpoint; as `startOrReuse`; the signal's reason if
 * aborted, after the engine was ended.
 */
export async function runEngine(options: RunOptions & CallOptions): Promise<ForegroundEngine> {
	// A program that has its engine in the background needs none of it.
	const { runEngine: run } = await import("@rivetkit/engine-lifecycle/foreground");
	return await run(withEnvironment(options));
}

/**
 * How a command of the engine's binary is run with the configuration that a start with these options would give it.
 * The binary is fetched if need be and allowed, and the engine's file is written; nothing is run but `--version`, and
 * `config show` where PostgreSQL, NATS or a token is asked for.
 *
 * @param args - Such as `["config", "show"]`; not `start`, for an engine that is started has a record and a lock.
 * @throws EngineError as `findEngineBinary`; `invalid_option`, `config_invalid`, `no_space`, `path_occupied`, `read_only`; the
 * signal's reason if aborted.
 */
export async function engineInvocation(
	options: EngineOptions & CallOptions,
	args: readonly string[],
): Promise<EngineCommand> {
	const { engineInvocation: invocation } = await import("@rivetkit/engine-lifecycle/foreground");
	return await invocation(withEnvironment(options), args);
}
