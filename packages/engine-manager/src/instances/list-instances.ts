import type { Environment } from "@rivetkit/engine-core";
import { processEnvironment } from "../environment.ts";
import type { EngineOptions } from "../options.ts";
import { readStorageRoot } from "../read-storage-root.ts";
import { validateOptions } from "../validate-options.ts";
import { findInstances } from "./find-instances.ts";
import { inspectInstance } from "./inspect-instance.ts";
import type { EngineInstance } from "./instance.ts";

/**
 * Every instance of a storage root and what it does, the default one first, then by name. Each is asked once.
 * Instances in folders elsewhere are not known to a storage root. Of the options, `storageRoot` and `signal` count.
 *
 * @throws EngineError `invalid_option`; `read_only` for folders that cannot be read; the signal's reason if aborted.
 */
export async function listInstances(options: EngineOptions = {}): Promise<readonly EngineInstance[]> {
	return await listInstancesIn(processEnvironment(), options);
}

/** {@link listInstances} with the variables that it goes by. */
export async function listInstancesIn(
	environment: Environment,
	options: EngineOptions,
): Promise<readonly EngineInstance[]> {
	validateOptions(options);
	const { signal } = options;
	signal?.throwIfAborted();
	const layouts = await findInstances(readStorageRoot(options, environment).value);
	return await Promise.all(layouts.map((layout) => inspectInstance(layout, signal)));
}
