import { BINARY_TABLE } from "./binary/binary-table.ts";
import { CLUSTER_TABLE } from "./cluster/cluster-table.ts";
import type { EngineOptions } from "./engine-options.ts";
import { LAUNCH_TABLE } from "./launch/launch-table.ts";
import type { OptionFlag, OptionTable } from "./option-row.ts";
import { POLICY_TABLE } from "./policy/policy-table.ts";
import { TARGET_TABLE } from "./target/target-table.ts";

/** A row for each option, group by group. */
export const OPTION_TABLE: OptionTable<EngineOptions> = {
	...TARGET_TABLE,
	...BINARY_TABLE,
	...CLUSTER_TABLE,
	...LAUNCH_TABLE,
	...POLICY_TABLE,
};

/** The names of all options, in the order of their rows. */
export const OPTION_NAMES: readonly (keyof EngineOptions)[] = Object.keys(
	OPTION_TABLE,
) as (keyof EngineOptions)[];

/** Lists the flags for an option, including flags for parts of it. */
export function flagsOf(name: keyof EngineOptions): readonly OptionFlag[] {
	return OPTION_TABLE[name].flags ?? [];
}
