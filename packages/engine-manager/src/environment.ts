import type { Environment } from "@rivetkit/engine-core";

/**
 * Reads the environment variables of this process at the moment of the call. No other file of this package reads
 * them.
 */
export function processEnvironment(): Environment {
	return process.env;
}
