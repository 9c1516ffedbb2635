import type { BinaryOptions } from "./binary/binary-options.ts";
import type { ClusterOptions } from "./cluster/cluster-options.ts";
import type { LaunchOptions } from "./launch/launch-options.ts";
import type { PolicyOptions } from "./policy/policy-options.ts";
import type { TargetOptions } from "./target/target-options.ts";

/** All options of an engine. Some have environment variables: see the README's table. */
export interface EngineOptions
	extends TargetOptions,
		BinaryOptions,
		LaunchOptions,
		ClusterOptions,
		PolicyOptions {}
