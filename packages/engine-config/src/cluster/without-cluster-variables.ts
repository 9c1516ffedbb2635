import { type EngineError, type Environment, isEngineError } from "@rivetkit/engine-core";
import type { ClusterOptions } from "./cluster-options.ts";
import { type ClusterConfiguration, readCluster } from "./read-cluster.ts";

/** Variables that name a database, other engines or a token, in groups whose variables are of no use without the rest. */
const GROUPS: readonly RegExp[] = [
	/^RIVETKIT_ENGINE_POSTGRES_/i,
	/^RIVETKIT_ENGINE_NATS_/i,
	/^(?:RIVETKIT_ENGINE_ADMIN_TOKEN|RIVET__AUTH__ADMIN_TOKEN)/i,
	/^RIVETKIT_ENGINE_(?:DATACENTER|PEER)_/i,
];

/** An environment in which nothing says where an engine keeps its data, nor whom it lets in. */
export function withoutClusterVariables(environment: Environment): Environment {
	return GROUPS.reduce(without, environment);
}

/** What was read of a cluster, and which variables could not be used. */
export interface UsableCluster {
	readonly cluster: ClusterConfiguration;
	readonly flaws: readonly EngineError[];
}

/**
 * {@link readCluster} for calls that start nothing: they find an engine by its record and its port, so a variable
 * that cannot be used, such as that of a file that is gone, is left out with those of its group.
 *
 * @throws EngineError `invalid_option` for an option that cannot be used.
 */
export function readUsableCluster(
	options: ClusterOptions,
	environment: Environment,
	workingDirectory: string,
): UsableCluster {
	const flaws: EngineError[] = [];
	for (let usable = environment; ; ) {
		try {
			return { cluster: readCluster(options, usable, workingDirectory), flaws };
		} catch (error) {
			if (!isEngineError(error, "invalid_option")) throw error;
			flaws.push(error);
			const group = groupOf(error.metadata["variable"], usable);
			// Report the first error: later ones may only follow from variables that were dropped here.
			if (group === undefined) throw flaws[0];
			usable = without(usable, group);
		}
	}
}

function groupOf(variable: unknown, environment: Environment): RegExp | undefined {
	if (typeof variable !== "string" || !(variable in environment)) return undefined;
	return GROUPS.find((group) => group.test(variable));
}

function without(environment: Environment, group: RegExp): Environment {
	return Object.fromEntries(Object.entries(environment).filter(([name]) => !group.test(name)));
}
