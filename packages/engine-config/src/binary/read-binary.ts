import type { Environment } from "@rivetkit/engine-core";
import type { SettingsOf } from "../option-row.ts";
import { readGroup } from "../read-group.ts";
import type { Setting } from "../setting.ts";
import type { BinaryOptions } from "./binary-options.ts";
import { BINARY_TABLE } from "./binary-table.ts";

/** The options that always have a value, by their defaults. */
type AlwaysSet = "version" | "autoDownload" | "releasesEndpoint" | "unsafelyAllowHttp";

/** The final values of {@link BinaryOptions}, each with its origin. */
export interface BinarySettings extends Omit<SettingsOf<BinaryOptions, AlwaysSet>, "releasesEndpoint"> {
	/** URLs and absolute paths. */
	readonly releasesEndpoint: Setting<readonly string[]>;
}

/** The binary that is wanted. */
export interface WantedBinary {
	/** The path from the option. The resolver reads the environment variables itself, since it reports if they differ. */
	readonly optionPath: string | undefined;
	/** True if the option or an environment variable gives a path. */
	readonly isNamed: boolean;
	readonly version: string;
	/** True if an option or environment variable gives the version. */
	readonly isVersionNamed: boolean;
}

/** The settings for a binary, and the wanted binary that is derived from them. */
export interface BinaryConfiguration extends BinarySettings {
	readonly binary: WantedBinary;
}

/**
 * Finds the value of each binary option. The options must be validated before. For the default version, reads `package.json`
 * files in `node_modules`.
 *
 * @throws EngineError `invalid_option`
 */
export function readBinary(
	options: BinaryOptions,
	environment: Environment,
	workingDirectory: string,
): BinaryConfiguration {
	const sources = { options, environment, workingDirectory, usesPostgres: false };
	// `complete` in the table has turned a single release server into a list.
	const settings = readGroup<BinaryOptions, AlwaysSet>(BINARY_TABLE, sources) as BinarySettings;
	return { ...settings, binary: binaryOf(settings) };
}

/** Derives the wanted binary from its settings. */
export function binaryOf({ binaryPath, version }: BinarySettings): WantedBinary {
	return {
		optionPath: binaryPath.origin.kind === "option" ? binaryPath.value : undefined,
		isNamed: binaryPath.value !== undefined,
		version: version.value,
		isVersionNamed: version.origin.kind !== "default",
	};
}
