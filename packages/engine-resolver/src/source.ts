import type { Environment, Logger } from "@rivetkit/engine-core";

/** Where a binary was looked for. */
export type EngineSourceName =
	| "option"
	| "RIVET_ENGINE_BINARY_PATH"
	| "RIVET_ENGINE_BINARY"
	| "cargo"
	| "npm"
	| "cache"
	| "download";

/** A usable engine binary. */
export interface EngineBinary {
	/** Absolute. */
	readonly path: string;
	readonly source: EngineSourceName;
	/**
	 * As the binary itself says, or said when it was installed; undefined where it does not, as a wrapper
	 * script may not.
	 */
	readonly version: string | undefined;
}

/** Why a source has no binary to offer. */
export interface DeclinedSource {
	readonly source: EngineSourceName;
	readonly reason: string;
}

/** What to look for, and where. */
export interface EngineResolverConfiguration {
	/** A path given by the caller. Relative paths are taken from `cwd`. */
	readonly binaryPath?: string | undefined;
	/** The version that is wanted. */
	readonly version: string;
	/** Whether `version` was asked for by somebody, rather than a default that any installed engine may replace. */
	readonly versionIsExplicit: boolean;
	/** The absolute path of the `.rivetkit` folder, which holds the cache. */
	readonly storageRoot: string;
	/**
	 * From where upwards a Cargo build is looked for; relative paths are taken from `cwd`.
	 *
	 * @defaultValue none is looked for
	 */
	readonly cargoRoot?: string | undefined;
	/** Whether the binary may be fetched when no other source has one. */
	readonly autoDownload: boolean;
	/** From where npm packages are looked up. */
	readonly cwd: string;
	readonly environment: Environment;
}

/** Fetches the binary of a version and answers with its path. */
export type FetchBinary = (request: {
	readonly version: string;
	readonly signal: AbortSignal | undefined;
}) => Promise<{ readonly path: string }>;

/** A file of the cache that another program seems to be writing. */
export interface FileWait {
	readonly path: string;
	readonly reason: string;
}

/** What a source works with beside the configuration. */
export interface SourceContext {
	readonly logger: Logger;
	readonly onWait: ((wait: FileWait) => void) | undefined;
	readonly signal: AbortSignal | undefined;
	/**
	 * Whether to go by what a look at the files tells: nothing is run, hashed, waited for or fetched, and what only
	 * that could tell counts as right. @defaultValue false
	 */
	readonly looksOnly?: boolean;
}

/** What a source found, or why it declines. */
export type SourceResult =
	| { readonly kind: "found"; readonly binary: EngineBinary }
	| { readonly kind: "declined"; readonly declined: DeclinedSource };

/** One place, or a few of a kind, to look for a binary. Throws only where looking further would hide the user's mistake. */
export type EngineSource = (
	configuration: EngineResolverConfiguration,
	context: SourceContext,
) => Promise<readonly SourceResult[]>;

/** The result of a source that has nothing. */
export function decline(source: EngineSourceName, reason: string): SourceResult {
	return { kind: "declined", declined: { source, reason } };
}
