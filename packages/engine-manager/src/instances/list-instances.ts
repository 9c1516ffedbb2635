import type { Environment } from "@rivetkit/engine-core";
import { openContext } from "../context.ts";
import { processEnvironment } from "../environment.ts";
import type { EngineOptions } from "../options.ts";
import { findInstances } from "./find-instances.ts";
import { inspectInstance } from "./inspect-instance.ts";
import type { EngineInstance } from "./instance.ts";

/**
 * Every instance of a storage root and what it does, the default one first, then by name. Each is asked once.
 * Instances in folders elsewhere are not known to a storage root.
 *
 * @throws EngineError `invalid_option`, `invalid_endpoint`; the signal's reason if aborted.
 */
export async function listInstances(options: EngineOptions = {}): Promise<readonly EngineInstance[]> {
	return await listInstancesIn(processEnvironment(), options);
}

/** {@link listInstances} with the variables that it goes by. */
export async function listInstancesIn(
	environment: Environment,
	options: EngineOptions,
): Promise<readonly EngineInstance[]> {
	const { configuration, signal } = openContext(options, environment);
	const layouts = await findInstances(configuration.storageRoot.value);
	return await Promise.all(layouts.map((layout) => inspectInstance(layout, signal)));
}
