import { type BinaryOptions, callback, count, type TargetOptions, text } from "@rivetkit/engine-config";

import type { CachedEngine, DownloadProgress, DownloadResult, PruneResult } from "@rivetkit/engine-download";
import { type CallOptions, type OwnChecks, openBinary, openTarget } from "../context.ts";

/**
 * Options of a download: which file, and where to put it. Version, storage root and release server have the same
 * options as a start.
 */
export interface EngineDownloadOptions extends Pick<TargetOptions, "storageRoot">, BinaryOptions {
	/** @defaultValue `engine` */
	readonly component?: string | undefined;
	/** A value of `process.platform`. @defaultValue this machine's */
	readonly platform?: string | undefined;
	/** A value of `process.arch`. @defaultValue this machine's */
	readonly arch?: string | undefined;
	/** A folder to put the file into. @defaultValue the cache of the storage root */
	readonly destination?: string | undefined;
	/** The digest that the file must have. @defaultValue the digest in the release's manifest */
	readonly sha256?: string | undefined;
	/** Called at most ten times a second. */
	readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

/**
 * Fetches an engine's release file and verifies it, whether or not another source has one. Runs nothing.
 *
 * @throws EngineError as `downloadEngine` of `@rivetkit/engine-download`; `invalid_option`, `invalid_endpoint`; the
 * signal's reason if aborted.
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

/**
 * Lists the engines in the cache of a storage root, newest version first.
 *
 * @throws EngineError `invalid_option`, `invalid_endpoint`. The system's own error if a folder cannot be read; the
 * signal's reason if aborted.
 */
export async function listEngineBinaries(
	options: Pick<TargetOptions, "storageRoot"> & CallOptions,
): Promise<readonly CachedEngine[]> {
	const { configuration, signal } = openTarget(options);
	const { listEngines } = await import("@rivetkit/engine-download");
	return await listEngines(configuration.target.storageRoot, { signal });
}

/**
 * Removes the engines of all but the newest versions from the cache of a storage root. Files of other tools stay.
 *
 * @throws EngineError `invalid_option`, also unless `keep` is a whole number from 0 on; `invalid_endpoint`; `read_only` if a
 * file cannot be removed. The system's own error if a folder cannot be read; the signal's reason if aborted.
 */
export async function pruneEngineBinaries(
	options: Pick<TargetOptions, "storageRoot"> & CallOptions & { readonly keep: number },
): Promise<PruneResult> {
	const { configuration, signal } = openTarget(options, { keep: count });
	const { keep } = options;
	const { pruneEngines } = await import("@rivetkit/engine-download");
	return await pruneEngines({ storageRoot: configuration.target.storageRoot, keep, signal });
}
