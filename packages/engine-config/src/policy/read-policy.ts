import type { Environment } from "@rivetkit/engine-core";
import type { Circumstances, SettingsOf } from "../option-row.ts";
import { readGroup } from "../read-group.ts";
import type { PolicyOptions } from "./policy-options.ts";
import { POLICY_TABLE } from "./policy-table.ts";

/** What options and defaults say of what to do in which case. */
export interface PolicyConfiguration extends SettingsOf<PolicyOptions, keyof PolicyOptions> {}

/** Reads what to do in which case. The options have been checked. */
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
