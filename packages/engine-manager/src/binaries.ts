import type { BinaryOptions, TargetOptions } from "@rivetkit/engine-config";
import type { CachedEngine, DownloadResult, PruneResult } from "@rivetkit/engine-download";
import {
	downloadEngineBinary as download,
	type EngineDownloadOptions,
	findEngineBinary as find,
	listEngineBinaries as list,
	pruneEngineBinaries as prune,
} from "@rivetkit/engine-lifecycle";
import type { ResolvedBinary } from "@rivetkit/engine-resolver";
import { type CallOptions, withEnvironment } from "./call-options.ts";

/**
 * Finds the binary that a start with these options would execute, and the reasons why the sources before it declined.
 * The binary is downloaded if no source has it and `autoDownload` is on. No request is sent to the endpoint.
 *
 * @throws EngineError as `resolveEnginePath` of `@rivetkit/engine-resolver` and `downloadEngineBinary`;
 * `invalid_option`, `invalid_endpoint`; the signal's reason if aborted.
 */
export async function findEngineBinary(
	options: TargetOptions & BinaryOptions & CallOptions = {},
): Promise<ResolvedBinary> {
	return await find(withEnvironment(options));
}

/**
 * Fetches an engine's release file and verifies it, whether or not another source has one. Runs nothing.
 *
 * @throws EngineError as `downloadEngine` of `@rivetkit/engine-download`; `invalid_option`, `invalid_endpoint`; the
 * signal's reason if aborted.
 */
export async function downloadEngineBinary(
	options: EngineDownloadOptions & CallOptions = {},
): Promise<DownloadResult> {
	return await download(withEnvironment(options));
}

/**
 * Lists the engines in the cache of a storage root, newest version first.
 *
 * @throws EngineError `invalid_option`, `invalid_endpoint`. The system's own error if a folder cannot be read; the
 * signal's reason if aborted.
 */
export async function listEngineBinaries(
	options: Pick<TargetOptions, "storageRoot"> & CallOptions = {},
): Promise<readonly CachedEngine[]> {
	return await list(withEnvironment(options));
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
	return await prune(withEnvironment(options));
}
