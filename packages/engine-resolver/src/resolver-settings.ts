import path from "node:path";
import {
	currentFolder,
	defaultEngineVersion,
	type Environment,
	isText,
	requireKnownOptions,
	requireOption,
	storageRoot,
} from "@rivetkit/engine-core";
import type { ResolverSettings } from "./source.ts";

/** The binary to look for, and where to look. Only `environment` is required. */
export interface EngineResolverConfiguration {
	/** A binary to use instead of every other source. Relative paths are taken from `cwd`. */
	readonly binaryPath?: string | undefined;
	/**
	 * The version that is wanted, and the name of its folder in the cache.
	 *
	 * @defaultValue the version of the installed `@rivetkit/engine-cli`, else the version that was tested with this package
	 */
	readonly version?: string | undefined;
	/**
	 * True if the user asked for `version`: an npm package with another version is then not used.
	 *
	 * @defaultValue true if `version` is given
	 */
	readonly versionIsExplicit?: boolean | undefined;
	/**
	 * The `.rivetkit` folder, which holds the cache. Relative paths are taken from `cwd`.
	 *
	 * @defaultValue `.rivetkit` below `RIVETKIT_STORAGE_PATH`, else below the home folder
	 */
	readonly storageRoot?: string | undefined;
	/**
	 * A Cargo build is looked for in this folder and the folders above it. Relative paths are taken from `cwd`.
	 *
	 * @defaultValue no Cargo build is looked for
	 */
	readonly cargoRoot?: string | undefined;
	/** True if the binary may be fetched when no other source has one. @defaultValue false */
	readonly autoDownload?: boolean | undefined;
	/** The folder from which npm packages are looked up. @defaultValue the working directory */
	readonly cwd?: string | undefined;
	/** The environment variables: they are read here, and a binary inherits them when it is asked for its version. */
	readonly environment: Environment;
}

const CONFIGURATION: Readonly<Record<keyof EngineResolverConfiguration, true>> = {
	binaryPath: true,
	version: true,
	versionIsExplicit: true,
	storageRoot: true,
	cargoRoot: true,
	autoDownload: true,
	cwd: true,
	environment: true,
};

/**
 * Checks a configuration and fills in the defaults.
 *
 * @throws EngineError `invalid_option` for an option that is unknown, missing or of another type.
 */
export function readResolverSettings(configuration: EngineResolverConfiguration): ResolverSettings {
	requireKnownOptions(configuration, CONFIGURATION);
	const { binaryPath, version, versionIsExplicit, cargoRoot, autoDownload, environment } = configuration;
	for (const name of ["binaryPath", "version", "storageRoot", "cargoRoot", "cwd"] as const) {
		const value = configuration[name];
		requireOption(
			name,
			value === undefined || isText(value),
			"a string that is neither empty nor contains NUL",
		);
	}
	for (const name of ["versionIsExplicit", "autoDownload"] as const) {
		const value = configuration[name];
		requireOption(name, value === undefined || typeof value === "boolean", "true or false");
	}
	const isEnvironment = typeof environment === "object" && environment !== null;
	requireOption("environment", isEnvironment, "an object of environment variables");
	const cwd = path.resolve(configuration.cwd ?? currentFolder());
	return {
		binaryPath,
		version: version ?? defaultEngineVersion(cwd),
		versionIsExplicit: versionIsExplicit ?? version !== undefined,
		storageRoot:
			configuration.storageRoot === undefined
				? storageRoot({ environment, cwd })
				: path.resolve(cwd, configuration.storageRoot),
		cargoRoot,
		autoDownload: autoDownload ?? false,
		cwd,
		environment,
	};
}
