import type { Environment } from "@rivetkit/engine-core";
import type { DefaultInputs, SettingsOf } from "../option-row.ts";
import { readGroup } from "../read-group.ts";
import type { PolicyOptions } from "./policy-options.ts";
import { POLICY_TABLE } from "./policy-table.ts";

/** The final values of {@link PolicyOptions}, each with its origin. */
export interface PolicyConfiguration extends SettingsOf<PolicyOptions, keyof PolicyOptions> {}

/** Finds the value of each policy option. The options must be validated before. */
export function readPolicy(
	options: PolicyOptions,
	environment: Environment,
	defaultInputs: DefaultInputs,
): PolicyConfiguration {
	return readGroup<PolicyOptions, keyof PolicyOptions>(POLICY_TABLE, {
		...defaultInputs,
		options,
		environment,
	});
}
