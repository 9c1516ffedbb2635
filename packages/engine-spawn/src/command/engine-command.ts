import { isRecord, isStringList, isStringRecord, isText, requireOption } from "@rivetkit/engine-core";
import { engineEnvironment } from "./engine-environment.ts";
import type { EngineLaunch } from "./engine-launch.ts";

/** A program to execute, its arguments and its whole environment. */
export interface EngineCommand {
	readonly file: string;
	readonly args: readonly string[];
	readonly env: Readonly<Record<string, string>>;
}

/**
 * Makes the command line and environment that start an engine as configured. Pure; nothing is read or run.
 *
 * @param binary - The engine's binary. Its version decides which settings the engine understands.
 * @param args - A command other than `start`, with its arguments.
 * @throws EngineError `invalid_option`.
 */
export function engineCommand(
	launch: EngineLaunch,
	binary: { readonly path: string; readonly version: string | undefined },
	args?: readonly string[],
): EngineCommand {
	requireOption("binary", isRecord(binary) && isText(binary.path), "an object with the path of an engine");
	requireOption("args", args === undefined || isStringList(args), "a list of strings");
	const { variables } = engineEnvironment(launch, binary.version);
	const config = launch.configPath === undefined ? [] : ["--config", launch.configPath];
	return {
		file: binary.path,
		args: args === undefined ? ["start", ...config] : [...config, ...args],
		env: variables,
	};
}

/**
 * Checks that the system accepts a command.
 *
 * @throws EngineError `invalid_option`, without the values: they may be secrets.
 */
export function requireCommand(command: EngineCommand): void {
	const isCommand =
		isRecord(command) && isText(command.file) && isStringList(command.args) && isStringRecord(command.env);
	requireOption("command", isCommand, "what `engineCommand` returns");
	const texts = [...command.args, ...Object.entries(command.env).flat()];
	requireOption("command", !texts.some((text) => text.includes("\0")), "free of NUL characters");
}
