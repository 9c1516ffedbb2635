import type { Environment } from "@rivetkit/engine-core";
import type { DefaultInputs, SettingsOf } from "../option-row.ts";
import { readGroup } from "../read-group.ts";
import type { LaunchOptions } from "./launch-options.ts";
import { LAUNCH_TABLE } from "./launch-table.ts";

/** The options that always have a value, by their defaults. */
type AlwaysSet = "env" | "preset" | "unsafelyExposeUnauthenticatedPorts";

/** The launch options with their final values, each with its origin (option, variable or default). */
export interface LaunchConfiguration extends SettingsOf<LaunchOptions, AlwaysSet> {}

/**
 * Finds the value of each launch option: the option itself, else its environment variable, else its default. The options
 * must be validated before.
 */
export function readLaunch(
	options: LaunchOptions,
	environment: Environment,
	defaultInputs: DefaultInputs,
): LaunchConfiguration {
	return readGroup<LaunchOptions, AlwaysSet>(LAUNCH_TABLE, { ...defaultInputs, options, environment });
}
