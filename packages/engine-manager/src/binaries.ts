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
 * The binary that a start with these options would execute, fetched if need be and allowed, and why each source
 * before it declined.
 * The endpoint is not asked.
 *
 * @throws EngineError as `resolveEnginePath`; `invalid_option`, `invalid_endpoint`.
 */
export async function findEngineBinary(
	options: TargetOptions & BinaryOptions & CallOptions = {},
): Promise<ResolvedBinary> {
	return await find(withEnvironment(options));
}

/**
 * Fetches an engine's release file and verifies it, whether or not another source has one. Runs nothing.
 *
 * @throws EngineError as `downloadEngine` of `@rivetkit/engine-download`; `invalid_option`.
 */
export async function downloadEngineBinary(
	options: EngineDownloadOptions & CallOptions = {},
): Promise<DownloadResult> {
	return await download(withEnvironment(options));
}

/** The engines in the cache of a storage root, newest version first. */
export async function listEngineBinaries(
	options: Pick<TargetOptions, "storageRoot"> & CallOptions = {},
): Promise<readonly CachedEngine[]> {
	return await list(withEnvironment(options));
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
	return await prune(withEnvironment(options));
}
