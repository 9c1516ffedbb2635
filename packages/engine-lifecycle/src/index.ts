export {
	downloadEngineBinary,
	type EngineDownloadOptions,
	listEngineBinaries,
	pruneEngineBinaries,
} from "./binary/cached-binaries.ts";
export { findEngineBinary, resolveBinary } from "./binary/resolve-binary.ts";
export { resolverConfiguration } from "./binary/resolver-request.ts";
export {
	CALL_CHECKS,
	type CallContext,
	type CallOptions,
	type EngineContext,
	openContext,
} from "./context.ts";
export type { DatabaseChange } from "./database/database-change.ts";
export { foreseeDatabaseChange, requireFreeDatabase } from "./database/require-usable-database.ts";
export { versionRollbackError, versionUpgradeError } from "./database/version-errors.ts";
export { type FoundEngine, findRunningEngine, requireSupportedVersion } from "./endpoint/find-running.ts";
export type { Engine, EngineStartup, Mismatch } from "./engine.ts";
export type { EngineManagerErrorCode } from "./error-codes.ts";
export type { EngineEvent } from "./events.ts";
export { SCARCE_BYTES } from "./failure/explain-end.ts";
export { type LaunchedEngine, launchEngine } from "./launch/launch-engine.ts";
export { launchRequest } from "./launch/launch-request.ts";
export { RETEST_GAP_MS } from "./launch/preflight.ts";
export { reachServers } from "./replace/reach-servers.ts";
export { SPAWNING_IS_OFF } from "./replace/replace-other-version.ts";
export { type RestartOptions, type RestartResult, restartEngine } from "./replace/restart-engine.ts";
export {
	type ComparedEngine,
	type ComparisonOptions,
	compareEngine,
	type KnownOfEngine,
} from "./reuse/compare-engine.ts";
export { requireReusable } from "./reuse/require-reusable.ts";
export { reuseEngine } from "./reuse/reuse-engine.ts";
export { versionMismatchError } from "./reuse/version-mismatch-error.ts";
export { startOrReuse } from "./start-or-reuse.ts";
export { type ConnectionEnvironment, connectionEnvironment } from "./status/connection-environment.ts";
export { engineLogs } from "./status/engine-logs.ts";
export { type EngineStatus, engineStatus } from "./status/engine-status.ts";
export {
	type WaitProgress,
	type WaitResult,
	type WaitUntilReadyOptions,
	waitUntilReady,
} from "./status/wait-until-ready.ts";
export { type EndRequest, endProcess } from "./stop/end-process.ts";
export { stopEngine } from "./stop/stop-engine.ts";
export type { StopOptions } from "./stop/stop-options.ts";
export type { StopResult } from "./stop/stop-result.ts";
export type { StartTimings } from "./timings.ts";
