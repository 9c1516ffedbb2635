import type { EngineOptions } from "@rivetkit/engine-config";
import { readStorageRoot, validateOptions } from "@rivetkit/engine-config";
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
 * @throws EngineError `invalid_option`; `read_only` for folders that cannot be read; the signal's reason if aborted.
 */
export async function listInstances(options: ListInstancesOptions): Promise<readonly EngineInstance[]> {
	const { environment, signal, ...rest } = options;
	validateOptions(rest);
	signal?.throwIfAborted();
	const layouts = await findInstances(readStorageRoot(rest, environment).value);
	return await Promise.all(layouts.map((layout) => inspectInstance(layout, signal)));
}
