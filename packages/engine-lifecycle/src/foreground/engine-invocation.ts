import type { EngineOptions } from "@rivetkit/engine-config";
import { requireLoopbackPorts, requirePorts } from "@rivetkit/engine-config";
import { EngineError } from "@rivetkit/engine-core";
import type { EngineCommand } from "@rivetkit/engine-spawn";
import { resolveBinary } from "../binary/resolve-binary.ts";
import { type CallOptions, openContext } from "../context.ts";
import { confirmConfiguration } from "../launch/confirm-configuration.ts";
import { createInstanceFolders } from "../launch/create-instance-folders.ts";
import { launchRequest } from "../launch/launch-request.ts";

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
	if (args.includes("start")) throw startAsCommandError();
	const context = openContext(options);
	const { configuration } = context;
	requireLoopbackPorts(configuration);
	const binary = await resolveBinary(context);
	const launch = launchRequest(configuration, requirePorts(configuration));
	await createInstanceFolders(configuration);
	await confirmConfiguration(context, launch, binary);
	const { engineCommand } = await import("@rivetkit/engine-spawn");
	context.signal?.throwIfAborted();
	return engineCommand(launch, binary, args);
}

function startAsCommandError(): EngineError<"invalid_option"> {
	return new EngineError("invalid_option", "An engine is not started as a command of its binary.", {
		metadata: { hint: "Use `startOrReuse` or `runEngine` (`rivet-enginectl start` or `run`)." },
	});
}
