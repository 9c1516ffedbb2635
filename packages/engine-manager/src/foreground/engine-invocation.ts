import { EngineError, type Environment } from "@rivetkit/engine-core";
import type { EngineCommand } from "@rivetkit/engine-spawn";
import { confirmConfiguration } from "../cluster/confirm-configuration.ts";
import { requireGuarded } from "../cluster/exposure.ts";
import { openContext } from "../context.ts";
import { configuredBinding } from "../guard-binding.ts";
import { engineLaunch, prepareFolders } from "../launch.ts";
import { loadSpawn } from "../lazy-packages.ts";
import type { EngineOptions } from "../options.ts";
import { resolveBinary } from "../resolve-binary.ts";

/** `engineInvocation` with the variables that it goes by. */
export async function engineInvocationIn(
	environment: Environment,
	options: EngineOptions,
	args: readonly string[],
): Promise<EngineCommand> {
	if (args.includes("start")) throw notThisWay();
	const context = openContext(options, environment);
	const { configuration } = context;
	requireGuarded(configuration);
	const binary = await resolveBinary(context);
	const launch = engineLaunch(configuration, configuredBinding(configuration));
	await prepareFolders(configuration);
	await confirmConfiguration(context, launch, binary);
	const { engineCommand } = await loadSpawn();
	context.signal?.throwIfAborted();
	return engineCommand(launch, binary, args);
}

function notThisWay(): EngineError<"invalid_option"> {
	return new EngineError("invalid_option", "An engine is not started as a command of its binary.", {
		metadata: { hint: "Use `startOrReuse` or `runEngine` (`rivet-enginectl start` or `run`)." },
	});
}
