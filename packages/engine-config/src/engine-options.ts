import type { BinaryOptions } from "./binary/binary-options.ts";
import type { ClusterOptions } from "./cluster/cluster-options.ts";
import type { LaunchOptions } from "./launch/launch-options.ts";
import type { PolicyOptions } from "./policy/policy-options.ts";
import type { TargetOptions } from "./target/target-options.ts";

/** Which engine is meant, and how it is run. Some options may come from a variable too; see the README's table. */
export interface EngineOptions
	extends TargetOptions,
		BinaryOptions,
		LaunchOptions,
		ClusterOptions,
		PolicyOptions {}
