import { type BinaryOptions, callback, count, type TargetOptions, text } from "@rivetkit/engine-config";
import type { CachedEngine, DownloadProgress, DownloadResult, PruneResult } from "@rivetkit/engine-download";
import { type CallOptions, type OwnChecks, openBinary, openTarget } from "../context.ts";

/** What to fetch, beside the version, the storage root and the release servers that the options say. */
export interface EngineDownloadOptions extends Pick<TargetOptions, "storageRoot">, BinaryOptions {
	/** @defaultValue `engine` */
	readonly component?: string | undefined;
	/** In the terms of `process.platform`. @defaultValue this machine's */
	readonly platform?: string | undefined;
	/** In the terms of `process.arch`. @defaultValue this machine's */
	readonly arch?: string | undefined;
	/** A folder to put the file into. @defaultValue the cache of the storage root */
	readonly destination?: string | undefined;
	/** The digest that the file must have; without it that of the release's manifest counts. */
	readonly sha256?: string | undefined;
	/** At most ten times a second. */
	readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

/**
 * Fetches an engine's release file and verifies it, whether or not another source has one. Runs nothing.
 *
 * @throws EngineError as `downloadEngine` of `@rivetkit/engine-download`; `invalid_option`.
 */
export async function downloadEngineBinary(
	options: EngineDownloadOptions & CallOptions,
): Promise<DownloadResult> {
	const { configuration, logger, signal } = openBinary(options, DOWNLOAD_CHECKS);
	const { component, platform, arch, destination, sha256, onProgress } = options;
	const { downloadEngine } = await import("@rivetkit/engine-download");
	return await downloadEngine({
		version: configuration.version.value,
		component,
		platform,
		arch,
		destination,
		sha256,
		storageRoot: configuration.target.storageRoot,
		releasesEndpoint: configuration.releasesEndpoint.value,
		unsafelyAllowHttp: configuration.unsafelyAllowHttp.value,
		environment: configuration.environment,
		onProgress,
		logger,
		signal,
	});
}

const DOWNLOAD_CHECKS: OwnChecks<Omit<EngineDownloadOptions, "storageRoot" | keyof BinaryOptions>> = {
	component: text,
	platform: text,
	arch: text,
	destination: text,
	sha256: text,
	onProgress: callback,
};

/** The engines in the cache of a storage root, newest version first. */
export async function listEngineBinaries(
	options: Pick<TargetOptions, "storageRoot"> & CallOptions,
): Promise<readonly CachedEngine[]> {
	const { configuration, signal } = openTarget(options);
	const { listEngines } = await import("@rivetkit/engine-download");
	return await listEngines(configuration.target.storageRoot, { signal });
}

/**
 * Removes the engines of all but the newest versions from the cache of a storage root. Files that another tool
 * has put there stay.
 *
 * @throws EngineError `invalid_option` unless `keep` is 0 or more.
 */
export async function pruneEngineBinaries(
	options: Pick<TargetOptions, "storageRoot"> & CallOptions & { readonly keep: number },
): Promise<PruneResult> {
	const { configuration, signal } = openTarget(options, { keep: count });
	const { keep } = options;
	const { pruneEngines } = await import("@rivetkit/engine-download");
	return await pruneEngines({ storageRoot: configuration.target.storageRoot, keep, signal });
}
