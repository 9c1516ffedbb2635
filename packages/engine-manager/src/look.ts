import type { BinaryOptions, EngineOptions, TargetOptions } from "@rivetkit/engine-config";
import type { EngineLogs, Environment } from "@rivetkit/engine-core";
import type { EngineInstance } from "@rivetkit/engine-instances";
import {
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
	engineStatus as status,
	type WaitResult,
	type WaitUntilReadyOptions,
	waitUntilReady as wait,
} from "@rivetkit/engine-lifecycle";
import { type CallOptions, type Unbound, withEnvironment } from "./call-options.ts";

/**
 * Says what is at the endpoint, by one probe. Starts nothing, waits for nothing.
 *
 * @throws EngineError `invalid_option`, `invalid_endpoint`; the signal's reason if aborted.
 */
export async function engineStatus(options: EngineOptions & CallOptions = {}): Promise<EngineStatus> {
	return await status(withEnvironment(options));
}

/**
 * Waits until the engine that is meant answers that it is healthy, whoever starts it, also if that is yet to come.
 * Starts nothing.
 *
 * @throws EngineError `invalid_option`, `invalid_endpoint`; the signal's reason if aborted.
 */
export async function waitUntilReady(options: WaitUntilReadyOptions & CallOptions = {}): Promise<WaitResult> {
	return await wait(withEnvironment(options));
}

/**
 * The variables with which another host, of ours or of rivetkit, uses the engine that runs rather than one of its
 * own: `RIVET_ENDPOINT`; `RIVET_RUN_SERVICES=0`; and `RIVET_ENGINE_BINARY`, the same binary, since rivetkit 2.3.19
 * cannot be told only to connect and starts an engine where none answers; with it that is one of the same version.
 * `RIVETKIT_STORAGE_PATH` is added where the engine's storage is not what such a host would take by itself.
 *
 * @throws EngineError `invalid_option`, `invalid_endpoint`; the signal's reason if aborted.
 */
export async function connectionEnvironment(
	options: TargetOptions & BinaryOptions & CallOptions = {},
): Promise<ConnectionEnvironment> {
	return await connection(withEnvironment(options));
}

/**
 * Finds the log files of the instance's last start: of the recorded one, else the newest in its folder, which
 * may be rivetkit's. Undefined if there are none.
 *
 * @throws EngineError `invalid_option`, `invalid_endpoint`.
 */
export async function engineLogs(options: TargetOptions & CallOptions = {}): Promise<EngineLogs | undefined> {
	return await logs(withEnvironment(options));
}

/**
 * Every instance of a storage root and what it does, the default one first, then by name. Each is asked once.
 * Instances in folders elsewhere are not known to a storage root.
 *
 * @throws EngineError `invalid_option`; `read_only` or `path_occupied` for folders that cannot be read; the signal's reason if aborted.
 */
export async function listInstances(
	options: Unbound<ListInstancesOptions> & CallOptions = {},
): Promise<readonly EngineInstance[]> {
	return await list(ofStorage(options));
}

/**
 * Removes what engines of a storage root have left behind: our log files but the newest, and the records of engines
 * that are proven to be gone and have no database. Never a database, never what rivetkit has written, never a log
 * of an engine that lives.
 *
 * @throws EngineError `invalid_option`; `read_only` or `path_occupied` for folders that cannot be read; the signal's reason if aborted.
 */
export async function pruneInstances(
	options: Unbound<PruneInstancesOptions> & CallOptions = {},
): Promise<PruneInstancesResult> {
	return await prune(ofStorage(options));
}

/** Leaves out the options of a call that need no more than a storage root: there is nothing to log or to tell. */
function ofStorage<Options extends CallOptions>(
	options: Options,
): Omit<Options, "logger" | "onEvent"> & { readonly environment: Environment } {
	const { logger: _, onEvent: __, ...rest } = withEnvironment(options);
	return rest;
}
