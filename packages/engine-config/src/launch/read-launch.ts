import type { Environment } from "@rivetkit/engine-core";
import type { Circumstances, SettingsOf } from "../option-row.ts";
import { readGroup } from "../read-group.ts";
import type { LaunchOptions } from "./launch-options.ts";
import { LAUNCH_TABLE } from "./launch-table.ts";

type Settled = "env" | "preset" | "unsafelyExposeUnauthenticatedPorts";

/** What options, variables and defaults say of what an engine is told. */
export interface LaunchConfiguration extends SettingsOf<LaunchOptions, Settled> {}

/** Reads what an engine is told. The options have been checked. */
export function readLaunch(
	options: LaunchOptions,
	environment: Environment,
	circumstances: Circumstances,
): LaunchConfiguration {
	return readGroup<LaunchOptions, Settled>(LAUNCH_TABLE, { ...circumstances, options, environment });
}
