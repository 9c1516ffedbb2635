import { type EngineEnvironmentRequest, engineEnvironment } from "./engine-environment.ts";

/** What to execute: the binary, its arguments and its whole environment. */
export interface EngineCommand {
	readonly file: string;
	readonly args: readonly string[];
	readonly env: Readonly<Record<string, string>>;
}

/** How the engine shall run. */
export interface EngineLaunch extends EngineEnvironmentRequest {
	/** A configuration file. With one, the engine no longer reads `/etc/rivet`. */
	readonly configPath?: string | undefined;
}

/**
 * The command line and environment that start an engine as configured. Pure; nothing is read or run.
 *
 * @param binary - Its version decides which settings it understands.
 * @param args - Another command of the binary's than `start`, with what belongs to it.
 */
export function engineCommand(
	launch: EngineLaunch,
	binary: { readonly path: string; readonly version: string | undefined },
	args?: readonly string[],
): EngineCommand {
	const config = launch.configPath === undefined ? [] : ["--config", launch.configPath];
	return {
		file: binary.path,
		args: args === undefined ? ["start", ...config] : [...config, ...args],
		env: engineEnvironment(launch, binary.version).variables,
	};
}
