import type { Environment } from "@rivetkit/engine-core";
import type { SettingsOf } from "../option-row.ts";
import { readGroup } from "../read-group.ts";
import type { Setting } from "../setting.ts";
import type { BinaryOptions } from "./binary-options.ts";
import { BINARY_TABLE } from "./binary-table.ts";

type Settled = "version" | "autoDownload" | "releasesEndpoint" | "unsafelyAllowHttp";

/** The settings that say which binary is meant. */
export interface BinarySettings extends Omit<SettingsOf<BinaryOptions, Settled>, "releasesEndpoint"> {
	/** URLs and absolute paths. */
	readonly releasesEndpoint: Setting<readonly string[]>;
}

/** The binary that is wanted. */
export interface WantedBinary {
	/** The path that the option names. The resolver reads the variables itself, since it reports both. */
	readonly optionPath: string | undefined;
	/** True if the option or a variable names a path. */
	readonly isNamed: boolean;
	readonly version: string;
	/** True if an option or variable names the version. */
	readonly isVersionNamed: boolean;
}

/** The settings of a binary, and the binary that they mean. */
export interface BinaryConfiguration extends BinarySettings {
	readonly binary: WantedBinary;
}

/**
 * Reads which binary is meant. The caller has checked the options. Reads manifests in `node_modules` for the default
 * version.
 *
 * @throws EngineError `invalid_option`
 */
export function readBinary(
	options: BinaryOptions,
	environment: Environment,
	workingDirectory: string,
): BinaryConfiguration {
	const sources = { options, environment, workingDirectory, usesPostgres: false };
	// The table's row turns a single release server into a list.
	const settings = readGroup<BinaryOptions, Settled>(BINARY_TABLE, sources) as BinarySettings;
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
