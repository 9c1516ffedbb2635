import type { Environment } from "@rivetkit/engine-manager";

/** Which variables that are set say something else than those to be printed, and would count before them. */
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

/** Credentials are told by other variables. */
function placeOf(endpoint: string): string {
	if (!URL.canParse(endpoint)) return endpoint;
	const { origin, pathname } = new URL(endpoint);
	return origin + pathname.replace(/\/+$/, "");
}
