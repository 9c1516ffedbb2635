import {
	abortSignal,
	type Check,
	checkOptions,
	readStorageRoot,
	requireEnvironment,
	type TargetOptions,
	text,
	variables,
} from "@rivetkit/engine-config";
import type { Environment } from "@rivetkit/engine-core";
import { findInstances } from "./find-instances.ts";
import { inspectInstance } from "./inspect-instance.ts";
import type { EngineInstance } from "./instance.ts";

/** The storage root whose instances are listed. */
export interface ListInstancesOptions extends Pick<TargetOptions, "storageRoot"> {
	/** The environment variables, which may give the storage root. */
	readonly environment: Environment;
	/** Ends the call, which then rejects with the signal's reason. */
	readonly signal?: AbortSignal | undefined;
}

/**
 * Lists the instances in a storage root with their states, the default instance first, then by name. Each endpoint gets one
 * probe. Instances in folders elsewhere are not found.
 *
 * @throws EngineError `invalid_option`; `read_only` for folders that cannot be read; `path_occupied` for a file
 * in the place of a folder; the signal's reason if aborted.
 */
export async function listInstances(options: ListInstancesOptions): Promise<readonly EngineInstance[]> {
	const layouts = await findInstances(requireStorageRoot(options));
	const { signal } = options;
	return await Promise.all(layouts.map((layout) => inspectInstance(layout, signal)));
}

/**
 * Checks the options of a call that is about a storage root, and returns the path of that root.
 *
 * @param own - The checks for the call's further options.
 * @throws EngineError `invalid_option`; the signal's reason if it is aborted already.
 */
export function requireStorageRoot(
	options: ListInstancesOptions,
	own: Readonly<Record<string, Check>> = {},
): string {
	checkOptions(options, { ...CHECKS, ...own });
	const { storageRoot, environment, signal } = options;
	requireEnvironment(environment);
	signal?.throwIfAborted();
	return readStorageRoot({ storageRoot }, environment).value;
}

const CHECKS: { readonly [Name in keyof Required<ListInstancesOptions>]: Check } = {
	storageRoot: text,
	environment: variables,
	signal: abortSignal,
};
