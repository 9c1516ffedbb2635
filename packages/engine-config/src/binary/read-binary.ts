import type { Environment } from "@rivetkit/engine-core";
import type { SettingsOf } from "../option-row.ts";
import { readGroup } from "../read-group.ts";
import type { Setting } from "../setting.ts";
import type { BinaryOptions } from "./binary-options.ts";
import { BINARY_TABLE } from "./binary-table.ts";

type Settled = "version" | "autoDownload" | "releasesEndpoint" | "unsafelyAllowHttp";

/** What options, variables and defaults say of the binary. */
export interface BinarySettings extends Omit<SettingsOf<BinaryOptions, Settled>, "releasesEndpoint"> {
	/** Each is a URL, or an absolute path. */
	readonly releasesEndpoint: Setting<readonly string[]>;
}

/** The binary that is wanted. */
export interface WantedBinary {
	/** The path that the option names; those of variables are the resolver's, which tells of both. */
	readonly optionPath: string | undefined;
	/** Whether the option or a variable names a path. */
	readonly isNamed: boolean;
	readonly version: string;
	/** Whether somebody has asked for this version. */
	readonly isVersionNamed: boolean;
}

/** The options of a binary, and which one they mean. */
export interface BinaryConfiguration extends BinarySettings {
	readonly binary: WantedBinary;
}

/**
 * Reads which binary is meant. The options have been checked. For the default version manifests in `node_modules`
 * are read.
 *
 * @throws EngineError `invalid_option`
 */
export function readBinary(
	options: BinaryOptions,
	environment: Environment,
	workingDirectory: string,
): BinaryConfiguration {
	const sources = { options, environment, workingDirectory, usesPostgres: false };
	// The table's row makes a list of one release server.
	const settings = readGroup<BinaryOptions, Settled>(BINARY_TABLE, sources) as BinarySettings;
	return { ...settings, binary: binaryOf(settings) };
}

/** Derives which binary these settings mean. */
export function binaryOf({ binaryPath, version }: BinarySettings): WantedBinary {
	return {
		optionPath: binaryPath.origin.kind === "option" ? binaryPath.value : undefined,
		isNamed: binaryPath.value !== undefined,
		version: version.value,
		isVersionNamed: version.origin.kind !== "default",
	};
}
