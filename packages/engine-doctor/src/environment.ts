import type { Environment } from "@rivetkit/engine-core";

/** The variables of this process, read at the moment of the call. The only place in this package that looks. */
export function processEnvironment(): Environment {
	return process.env;
}
