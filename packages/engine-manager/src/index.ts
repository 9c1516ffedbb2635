export {
	EngineError,
	type EngineErrorMetadata,
	type EngineHealth,
	type Environment,
	type ExitStatus,
	isEngineError,
	type Logger,
	type OwnerStamp,
	type RuntimeStamp,
	silentLogger,
} from "@rivetkit/engine-core";
export type { CachedEngine, DownloadProgress, DownloadResult, PruneResult } from "@rivetkit/engine-download";
export type { DatabaseProbeResult } from "@rivetkit/engine-health";
export type { DeclinedSource, ResolvedBinary } from "@rivetkit/engine-resolver";
export type { ConnectedProcess, EngineLogs, EnginePreset, PortHolder } from "@rivetkit/engine-spawn";
export {
	downloadEngineBinary,
	type EngineDownloadOptions,
	listEngineBinaries,
	pruneEngineBinaries,
} from "./binaries.ts";
export type { Mismatch } from "./compare-running.ts";
export { type EngineConfiguration, readEngineConfiguration } from "./configuration.ts";
export type { Engine, EngineStartup } from "./engine.ts";
export { engineLogs } from "./engine-logs.ts";
export { type EngineStatus, engineStatus } from "./engine-status.ts";
export type { EngineManagerErrorCode } from "./error-codes.ts";
export type { EngineEvent } from "./events.ts";
export { findEngineBinary } from "./find-engine-binary.ts";
export type { CrashPolicy, EngineOptions, SpawnMode, VersionMismatchPolicy } from "./options.ts";
export { type RestartResult, restartEngine } from "./restart-engine.ts";
export { describeOrigin, type Origin, type Setting } from "./setting.ts";
export { startOrReuse } from "./start-or-reuse.ts";
export { type StopResult, stopEngine } from "./stop-engine.ts";
export type { StopOptions } from "./stop-options.ts";
export type { StartTimings } from "./timings.ts";
