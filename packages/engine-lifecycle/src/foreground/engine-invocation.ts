import {
	type EngineOptions,
	invalidOptionError,
	requireLoopbackPorts,
	requirePorts,
} from "@rivetkit/engine-config";
import { EngineError, isStringList } from "@rivetkit/engine-core";
import type { EngineCommand } from "@rivetkit/engine-spawn";
import { resolveBinary } from "../binary/resolve-binary.ts";
import { type CallOptions, openContext } from "../context.ts";
import { confirmConfiguration } from "../launch/confirm-configuration.ts";
import { createInstanceFolders } from "../launch/create-instance-folders.ts";
import { launchRequest } from "../launch/launch-request.ts";

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
	if (!isStringList(args)) throw invalidOptionError("args", args, "a list of strings");
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
		metadata: { option: "args", hint: "Use `startOrReuse` or `runEngine`." },
	});
}
