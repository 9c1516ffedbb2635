import { type EngineError, type Environment, isEngineError } from "@rivetkit/engine-core";
import type { ClusterOptions } from "./cluster-options.ts";
import { type ClusterConfiguration, readCluster } from "./read-cluster.ts";

/** Variables of a database, of other engines or of a token, in groups: the variables of a group need each other. */
const GROUPS: readonly RegExp[] = [
	/^RIVETKIT_ENGINE_POSTGRES_/i,
	/^RIVETKIT_ENGINE_NATS_/i,
	/^(?:RIVETKIT_ENGINE_ADMIN_TOKEN|RIVET__AUTH__ADMIN_TOKEN)/i,
	/^RIVETKIT_ENGINE_(?:DATACENTER|PEER)_/i,
];

/** Removes the variables that name the place of the data, other engines or a token. */
export function withoutClusterVariables(environment: Environment): Environment {
	return GROUPS.reduce(without, environment);
}

/** The settings of a cluster, and the errors of variables that could not be used. */
export interface UsableCluster {
	readonly cluster: ClusterConfiguration;
	readonly flaws: readonly EngineError[];
}

/**
 * Reads a cluster as {@link readCluster}, for calls that start nothing. They find an engine by its record and port, so a
 * variable that cannot be used is left out with its group: its file may be gone, for example.
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
