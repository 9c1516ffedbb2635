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

/** Settings of a search in which every default is filled in; of the public options only those without one may lack. */
export interface ResolverSettings {
	readonly binaryPath: string | undefined;
	readonly version: string;
	readonly versionIsExplicit: boolean;
	readonly storageRoot: string;
	readonly cargoRoot: string | undefined;
	readonly autoDownload: boolean;
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
	settings: ResolverSettings,
	context: SourceContext,
) => Promise<readonly SourceResult[]>;

/** The result of a source that has nothing. */
export function decline(source: EngineSourceName, reason: string): SourceResult {
	return { kind: "declined", declined: { source, reason } };
}
