import type {
	BinaryOptions,
	EngineConfiguration,
	EngineOptions,
	TargetOptions,
} from "@rivetkit/engine-config";
import type { EngineLogs, Environment } from "@rivetkit/engine-core";
import {
	type EngineInstance,
	type ListInstancesOptions,
	listInstances as list,
	type PruneInstancesOptions,
	type PruneInstancesResult,
	pruneInstances as prune,
} from "@rivetkit/engine-instances";
import {
	type ConnectionEnvironment,
	connectionEnvironment as connection,
	type EngineStatus,
	engineLogs as logs,
	openContext,
	engineStatus as status,
	type WaitResult,
	type WaitUntilReadyOptions,
	waitUntilReady as wait,
} from "@rivetkit/engine-lifecycle";
import { type CallOptions, type Unbound, withEnvironment } from "./call-options.ts";

/**
 * Reads the options and environment variables. Returns each setting with its origin, and what is derived from the
 * settings. Reads only these files: the `package.json` files in `node_modules` (for the default version), and secret
 * files that a `..._FILE` variable names. Contacts no server and starts nothing.
 *
 * @throws EngineError `invalid_option`, `invalid_endpoint`; the signal's reason if it is aborted already.
 */
export function readEngineConfiguration(options: EngineOptions & CallOptions = {}): EngineConfiguration {
	return openContext(withEnvironment(options)).configuration;
}

/**
 * Reports what is at the endpoint, after one probe. Starts nothing and waits for nothing.
 *
 * @throws EngineError `invalid_option`, `invalid_endpoint`; the signal's reason if aborted.
 */
export async function engineStatus(options: EngineOptions & CallOptions = {}): Promise<EngineStatus> {
	return await status(withEnvironment(options));
}

/**
 * Waits until the target engine answers that it is healthy. This call starts no engine: another program has started it,
 * or starts it during the wait.
 *
 * @throws EngineError `invalid_option`, `invalid_endpoint`; the signal's reason if aborted.
 */
export async function waitUntilReady(options: WaitUntilReadyOptions & CallOptions = {}): Promise<WaitResult> {
	return await wait(withEnvironment(options));
}

/**
 * Finds the environment variables with which another host, ours or rivetkit's, uses the running engine and does not
 * start one: `RIVET_ENDPOINT`, `RIVET_RUN_SERVICES=0` and `RIVET_ENGINE_BINARY`. `RIVET_ENGINE_BINARY` names the same
 * binary: rivetkit 2.3.19 has no option that only connects. It starts an engine if none answers, and that engine
 * should have the same version. `RIVETKIT_STORAGE_PATH` is added if such a host would not use the engine's storage by
 * default.
 *
 * @throws EngineError `invalid_option`, `invalid_endpoint`; the signal's reason if aborted.
 */
export async function connectionEnvironment(
	options: TargetOptions & BinaryOptions & CallOptions = {},
): Promise<ConnectionEnvironment> {
	return await connection(withEnvironment(options));
}

/**
 * Finds the log files of the instance's last start: the files that the record names, or else the newest files in the
 * instance's folder, which rivetkit may have written. Returns undefined if there are no log files.
 *
 * @throws EngineError `invalid_option`, `invalid_endpoint`; the signal's reason if it is aborted already.
 */
export async function engineLogs(options: TargetOptions & CallOptions = {}): Promise<EngineLogs | undefined> {
	return await logs(withEnvironment(options));
}

/**
 * Lists every instance of a storage root and its state, the default instance first, then by name. Each endpoint is
 * probed once. Instances in folders outside the storage root are not listed.
 *
 * @throws EngineError `invalid_option`; `read_only` for folders that cannot be read; `path_occupied` for a file in
 * the place of a folder; the signal's reason if aborted.
 */
export async function listInstances(
	options: Unbound<ListInstancesOptions> & CallOptions = {},
): Promise<readonly EngineInstance[]> {
	return await list(ofStorage(options));
}

/**
 * Removes files that engines of a storage root have left behind: our old log files, and the records of engines that
 * are proven to be gone and have no database. Never removes a database, a file of rivetkit, or a log of a living
 * engine.
 *
 * @throws EngineError `invalid_option`; `read_only` for folders that cannot be read; `path_occupied` for a file in
 * the place of a folder; the signal's reason if aborted.
 */
export async function pruneInstances(
	options: Unbound<PruneInstancesOptions> & CallOptions = {},
): Promise<PruneInstancesResult> {
	return await prune(ofStorage(options));
}

/** Leaves out the options that a call about a storage root alone does not take: it logs nothing and emits nothing. */
function ofStorage<Options extends CallOptions>(
	options: Options,
): Omit<Options, "logger" | "onEvent"> & { readonly environment: Environment } {
	const { logger: _, onEvent: __, ...rest } = withEnvironment(options);
	return rest;
}
