import type { EngineResolverConfiguration } from "@rivetkit/engine-resolver";
import type { BinaryTarget } from "../context.ts";

/** Picks what the resolver needs from a configuration. */
export function resolverConfiguration(configuration: BinaryTarget): EngineResolverConfiguration {
	return {
		binaryPath: configuration.binary.optionPath,
		version: configuration.binary.version,
		versionIsExplicit: configuration.binary.isVersionNamed,
		autoDownload: configuration.autoDownload.value,
		cargoRoot: configuration.cargoRoot.value,
		storageRoot: configuration.target.storageRoot,
		cwd: configuration.workingDirectory,
		environment: configuration.environment,
	};
}
