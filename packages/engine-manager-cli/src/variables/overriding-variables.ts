import type { Environment } from "@rivetkit/engine-manager";

/** Lists the variables of an environment that contradict the variables to be printed, and would count before them. */
export function overridingVariables(
	variables: Readonly<Record<string, string>>,
	environment: Environment,
): readonly string[] {
	const [endpoint, binary] = [variables["RIVET_ENDPOINT"], variables["RIVET_ENGINE_BINARY"]];
	const [engine, binaryPath] = [environment["RIVET_ENGINE"], environment["RIVET_ENGINE_BINARY_PATH"]];
	return [
		...(engine && endpoint && placeOf(engine) !== placeOf(endpoint) ? ["RIVET_ENGINE"] : []),
		...(binaryPath && binary && binaryPath !== binary ? ["RIVET_ENGINE_BINARY_PATH"] : []),
	];
}

/** Returns an address without its credentials, which other variables hold. */
function placeOf(endpoint: string): string {
	if (!URL.canParse(endpoint)) return endpoint;
	const { origin, pathname } = new URL(endpoint);
	return origin + pathname.replace(/\/+$/, "");
}
