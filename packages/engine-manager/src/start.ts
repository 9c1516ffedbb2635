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
 * Finds the engine that runs at the endpoint, or starts one, and resolves when the engine is healthy. The engine outlives
 * this process.
 *
 * @throws EngineError with a code of `EngineManagerErrorCode`; the signal's reason if aborted.
 */
export async function startOrReuse(options: EngineOptions & CallOptions = {}): Promise<Engine> {
	return await start(withEnvironment(options));
}

/**
 * Ends the running engine, if there is one, and starts a new engine with these options. The new engine has the
 * address of the old engine, unless the options name an address. Other programs that start an engine in the meantime
 * wait, and reuse the new engine. The old engine is ended only after a binary was found that may use its database. If
 * two programs call this at once, the engine is restarted twice, one restart after the other.
 *
 * @throws EngineError `not_ours` for an engine that we did not start, or that runs in the foreground of another
 * program; `engine_in_use` while other processes keep connections to it (found out on Linux only); `settings_missing`
 * if the engine was started with settings that these options do not give. `force` turns these three errors off,
 * except `settings_missing` for `storage`, `messaging` or `adminToken`. `storage_unavailable`,
 * `messaging_unavailable` if PostgreSQL or NATS accepts no connection. As `stopEngine` and `startOrReuse`.
 */
export async function restartEngine(options: RestartOptions & CallOptions = {}): Promise<RestartResult> {
	return await restart(withEnvironment(options));
}

/**
 * Stops the engine, whichever process started it: by SIGTERM, and by SIGKILL when the grace is over. A process is
 * signalled only after proof that it is the engine of this storage. The stop is recorded, so that no program takes it for
 * a crash and starts the engine again.
 *
 * @throws EngineError `not_ours` if there is no such proof, or if nobody has recorded the engine and `force` is not set;
 * `still_running` if the process survives; `endpoint_unresponsive` if its port stays taken; `invalid_option`, `invalid_endpoint`; the
 * signal's reason if aborted.
 */
export async function stopEngine(
	options: TargetOptions & StopOptions & CallOptions = {},
): Promise<StopResult> {
	return await stop(withEnvironment(options));
}

/**
 * Starts an engine in the foreground of this process, for systemd and containers, and resolves when it is ready. After a
 * crash, the service manager starts the program again. systemd and containers end every process of a service. If only
 * this process is killed, the engine goes on, and its output is lost, until the next such start or `stopEngine` ends it.
 *
 * @throws EngineError `already_running` if an engine answers at the endpoint; as `startOrReuse`; the signal's reason if
 * aborted, after the engine was ended.
 */
export async function runEngine(options: RunOptions & CallOptions): Promise<ForegroundEngine> {
	// Loaded only when it is called: a program with its engine in the background does not need this code.
	const { runEngine: run } = await import("@rivetkit/engine-lifecycle/foreground");
	return await run(withEnvironment(options));
}

/**
 * Returns how to run a command of the engine's binary with the same configuration as a start with these options. The
 * binary is downloaded if no source has it and `autoDownload` is on, and the engine's configuration file is written.
 * The binary is run only with `--version`, and with `config show` if PostgreSQL, NATS or a token is asked for.
 *
 * @param args - The arguments of the binary, such as `["config", "show"]`; not `start`, since an engine that is
 * started needs a record and a lock.
 * @throws EngineError like `findEngineBinary`; `invalid_option`, `config_invalid`, `no_space`, `read_only`,
 * `path_occupied`; the signal's reason if aborted.
 */
export async function engineInvocation(
	options: EngineOptions & CallOptions,
	args: readonly string[],
): Promise<EngineCommand> {
	const { engineInvocation: invocation } = await import("@rivetkit/engine-lifecycle/foreground");
	return await invocation(withEnvironment(options), args);
}
