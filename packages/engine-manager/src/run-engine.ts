// Who starts or reuses an engine in the background needs none of it.
import type { EngineCommand } from "@rivetkit/engine-spawn";
import { processEnvironment } from "./environment.ts";
import type { ForegroundEngine, RunOptions } from "./foreground/run-engine.ts";
import type { EngineOptions } from "./options.ts";

/**
 * Starts an engine in the foreground of this process, for systemd and containers, and answers when it is ready. Who
 * starts it again after a crash is for them to say. systemd and containers end all that belongs to a service; where
 * this process alone is killed, the engine goes on, with nobody to read its output, until the next such start, or
 * `stopEngine`, ends it.
 *
 * @throws EngineError `already_running` if one answers at the endpoint; as `startOrReuse`; the signal's reason if
 * aborted, after the engine was ended.
 */
export async function runEngine(options: RunOptions): Promise<ForegroundEngine> {
	const { runEngineIn } = await import("./foreground/run-engine.ts");
	return await runEngineIn(processEnvironment(), options);
}

/**
 * How a command of the engine's binary is run with the configuration that a start with these options would give it.
 * The binary is fetched if need be and allowed, and the engine's file is written; nothing is run but `--version`, and
 * `config show` where PostgreSQL, NATS or a token is asked for.
 *
 * @param args - Such as `["config", "show"]`; not `start`, for an engine that is started has a record and a lock.
 * @throws EngineError as `findEngineBinary`; `invalid_option`, `config_invalid`, `no_space`, `read_only`; the
 * signal's reason if aborted.
 */
export async function engineInvocation(
	options: EngineOptions,
	args: readonly string[],
): Promise<EngineCommand> {
	const { engineInvocationIn } = await import("./foreground/engine-invocation.ts");
	return await engineInvocationIn(processEnvironment(), options, args);
}
