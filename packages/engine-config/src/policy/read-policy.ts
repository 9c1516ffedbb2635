import type { Environment } from "@rivetkit/engine-core";
import type { Circumstances, SettingsOf } from "../option-row.ts";
import { readGroup } from "../read-group.ts";
import type { PolicyOptions } from "./policy-options.ts";
import { POLICY_TABLE } from "./policy-table.ts";

/** The settings of {@link PolicyOptions}. */
export interface PolicyConfiguration extends SettingsOf<PolicyOptions, keyof PolicyOptions> {}

/** Reads the settings of {@link PolicyOptions}. The caller has checked the options. */
export function readPolicy(
	options: PolicyOptions,
	environment: Environment,
	circumstances: Circumstances,
): PolicyConfiguration {
	return readGroup<PolicyOptions, keyof PolicyOptions>(POLICY_TABLE, {
		...circumstances,
		options,
		environment,
	});
}
