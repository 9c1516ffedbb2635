import type { Environment } from "@rivetkit/engine-manager";

/** The variables of this process. The only place in this package that looks. */
export function processEnvironment(): Environment {
	return process.env;
}
