import type { Environment } from "@rivetkit/engine-manager";

/** Returns the current environment variables of this process. No other file of this package reads them. */
export function processEnvironment(): Environment {
	return process.env;
}
