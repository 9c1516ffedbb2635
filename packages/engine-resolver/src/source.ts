import type { Environment, Logger } from "@rivetkit/engine-core";

/** Name of a source of binaries. */
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
	/** An absolute path. */
	readonly path: string;
	readonly source: EngineSourceName;
	/**
	 * The version that the binary prints, or that its receipt contains; undefined if unknown, for example for a wrapper
	 * script.
	 */
	readonly version: string | undefined;
}

/** A source without a usable binary, and the reason. */
export interface DeclinedSource {
	readonly source: EngineSourceName;
	readonly reason: string;
}

/** Settings of a search, with every default filled in. */
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

/** Fetches the binary of a version and returns its path. */
export type FetchBinary = (request: {
	readonly version: string;
	readonly signal: AbortSignal | undefined;
}) => Promise<{ readonly path: string }>;

/** A file in the cache that another program seems to be writing. */
export interface FileWait {
	readonly path: string;
	readonly reason: string;
}

/** The inputs of a source besides the settings. */
export interface SourceContext {
	readonly logger: Logger;
	readonly onWait: ((wait: FileWait) => void) | undefined;
	readonly signal: AbortSignal | undefined;
	/**
	 * True if a source may only look at files. It then runs, hashes, fetches and waits for nothing, and what
	 * cannot be seen counts as right. @defaultValue false
	 */
	readonly looksOnly?: boolean;
}

/** A binary that a source has found, or the reason why it declines. */
export type SourceResult =
	| { readonly kind: "found"; readonly binary: EngineBinary }
	| { readonly kind: "declined"; readonly declined: DeclinedSource };

/**
 * Looks for a binary in one or a few places. Throws only if a search in further places would hide a mistake that the user
 * made.
 */
export type EngineSource = (
	settings: ResolverSettings,
	context: SourceContext,
) => Promise<readonly SourceResult[]>;

/** Makes the result of a source without a binary. */
export function decline(source: EngineSourceName, reason: string): SourceResult {
	return { kind: "declined", declined: { source, reason } };
}
