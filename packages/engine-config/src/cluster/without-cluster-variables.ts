import { type EngineError, type Environment, isEngineError } from "@rivetkit/engine-core";
import type { ClusterOptions } from "./cluster-options.ts";
import { type ClusterConfiguration, readCluster } from "./read-cluster.ts";

/** Environment variables for the database, other engines, the token and the topology. Those in a group belong together. */
const GROUPS: readonly RegExp[] = [
	/^RIVETKIT_ENGINE_POSTGRES_/i,
	/^RIVETKIT_ENGINE_NATS_/i,
	/^(?:RIVETKIT_ENGINE_ADMIN_TOKEN|RIVET__AUTH__ADMIN_TOKEN)/i,
	/^RIVETKIT_ENGINE_(?:DATACENTER|PEER)_/i,
];

/** Removes the environment variables for the database, other engines, the token and the topology. */
export function withoutClusterVariables(environment: Environment): Environment {
	return GROUPS.reduce(without, environment);
}

/** The settings for a cluster, and an error for each environment variable that could not be used. */
export interface UsableCluster {
	readonly cluster: ClusterConfiguration;
	readonly flaws: readonly EngineError[];
}

/**
 * Does the same as {@link readCluster}, for calls that start nothing: they find an engine by its record and port. If an
 * environment variable has an unusable value, for example a missing file, the variables of its group are ignored.
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
			// Throw the first error: a later error may be caused only by the variables that are ignored here.
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
