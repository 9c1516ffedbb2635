import type { EngineOptions } from "@rivetkit/engine-config";
import {
	abortSignal,
	checkOptions,
	readStorageRoot,
	requireObject,
	validateOptions,
	variables,
} from "@rivetkit/engine-config";
import type { Environment } from "@rivetkit/engine-core";
import { findInstances } from "./find-instances.ts";
import { inspectInstance } from "./inspect-instance.ts";
import type { EngineInstance } from "./instance.ts";

/** The storage root whose instances are listed. */
export interface ListInstancesOptions extends Pick<EngineOptions, "storageRoot"> {
	/** The variables that may name the storage root. */
	readonly environment: Environment;
	/** Ends the call, which then rejects with the signal's reason. */
	readonly signal?: AbortSignal | undefined;
}

/**
 * Lists the instances of a storage root and what each does, the default one first, then by name. Each is asked once.
 * A storage root does not know instances in folders elsewhere.
 *
 * @throws EngineError `invalid_option`; `read_only` or `path_occupied` for folders that cannot be read; the signal's reason if aborted.
 */
export async function listInstances(options: ListInstancesOptions): Promise<readonly EngineInstance[]> {
	const { signal } = options;
	const layouts = await findInstances(requireStorageRoot(options));
	return await Promise.all(layouts.map((layout) => inspectInstance(layout, signal)));
}

/**
 * Checks the options of a call that is about a storage root, and reads which root that is.
 *
 * @throws EngineError `invalid_option`; the signal's reason if it is aborted already.
 */
export function requireStorageRoot(options: ListInstancesOptions): string {
	requireObject(options);
	const { environment, signal, ...rest } = options;
	checkOptions({ environment, signal }, { environment: variables, signal: abortSignal });
	validateOptions(rest);
	signal?.throwIfAborted();
	return readStorageRoot(rest, environment).value;
}
