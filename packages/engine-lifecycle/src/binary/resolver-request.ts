import type { EngineConfiguration } from "@rivetkit/engine-config";
import type { EngineResolverConfiguration } from "@rivetkit/engine-resolver";

/** What the resolver needs to know of a configuration. */
export function resolverConfiguration(configuration: EngineConfiguration): EngineResolverConfiguration {
	return {
		binaryPath: configuration.binaryPath.value,
		version: configuration.version.value,
		versionIsExplicit: configuration.version.origin.kind !== "default",
		autoDownload: configuration.autoDownload.value,
		cargoRoot: configuration.cargoRoot.value,
		storageRoot: configuration.storageRoot.value,
		cwd: configuration.workingDirectory,
		environment: configuration.environment,
	};
}

/** Whether an option or a variable names the binary. */
export function namesBinary({ binaryPath, environment }: EngineConfiguration): boolean {
	const variables = ["RIVET_ENGINE_BINARY_PATH", "RIVET_ENGINE_BINARY"];
	return binaryPath.value !== undefined || variables.some((name) => Boolean(environment[name]));
}
