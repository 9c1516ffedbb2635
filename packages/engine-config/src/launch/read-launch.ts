import type { Environment } from "@rivetkit/engine-core";
import type { Circumstances, SettingsOf } from "../option-row.ts";
import { readGroup } from "../read-group.ts";
import type { LaunchOptions } from "./launch-options.ts";
import { LAUNCH_TABLE } from "./launch-table.ts";

type Settled = "env" | "preset" | "unsafelyExposeUnauthenticatedPorts";

/** The settings of {@link LaunchOptions}. */
export interface LaunchConfiguration extends SettingsOf<LaunchOptions, Settled> {}

/** Reads the settings of {@link LaunchOptions}. The caller has checked the options. */
export function readLaunch(
	options: LaunchOptions,
	environment: Environment,
	circumstances: Circumstances,
): LaunchConfiguration {
	return readGroup<LaunchOptions, Settled>(LAUNCH_TABLE, { ...circumstances, options, environment });
}
