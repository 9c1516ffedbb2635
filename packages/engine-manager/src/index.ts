export type { EngineLogs, EnginePreset } from "@rivetkit/engine-core";
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
export type { ConnectedProcess, EngineCommand, EngineOutput, PortHolder } from "@rivetkit/engine-spawn";
export {
	downloadEngineBinary,
	type EngineDownloadOptions,
	listEngineBinaries,
	pruneEngineBinaries,
} from "./binaries.ts";
export type {
	EngineMessaging,
	EngineStorage,
	EngineTopology,
	PostgresSsl,
	Readiness,
} from "./cluster/cluster-options.ts";
export type {
	ClusterSettings,
	ConfiguredMessaging,
	ConfiguredStorage,
} from "./cluster/cluster-settings.ts";
export { type EngineConfiguration, readEngineConfiguration } from "./configuration.ts";
export { type ConnectionEnvironment, connectionEnvironment } from "./connection-environment.ts";
export { diagnoseEngine } from "./diagnose-engine.ts";
export type { DiagnosisArea, Finding } from "./doctor/finding.ts";
export type { StartForecast } from "./doctor/forecast-start.ts";
export type { ReportedSetting } from "./doctor/report-settings.ts";
export type { DiagnoseOptions, Diagnosis } from "./doctor/run-doctor.ts";
export type { Engine, EngineStartup, Mismatch } from "./engine.ts";
export { engineLogs } from "./engine-logs.ts";
export { type EngineStatus, engineStatus } from "./engine-status.ts";
export type {
	EngineEndSignal,
	EphemeralCallOptions,
	EphemeralEngine,
	EphemeralEngineLogs,
} from "./ephemeral-engine.ts";
export type { EphemeralEngineOptions } from "./ephemeral-options.ts";
export type { EngineManagerErrorCode } from "./error-codes.ts";
export type { EngineEvent } from "./events.ts";
export { findEngineBinary } from "./find-engine-binary.ts";
export { type FollowLogOptions, followLog } from "./follow-log.ts";
export type { ForegroundEngine, RunOptions } from "./foreground/run-engine.ts";
export type { EngineInstance } from "./instances/instance.ts";
export { listInstances } from "./instances/list-instances.ts";
export {
	type PruneInstancesOptions,
	type PruneInstancesResult,
	pruneInstances,
} from "./instances/prune-instances.ts";
export type { CrashPolicy, EngineOptions, SpawnMode, VersionMismatchPolicy } from "./options.ts";
export { type LogEnd, readLogEnd } from "./read-log-end.ts";
export { readStorageRoot } from "./read-storage-root.ts";
export { type RestartOptions, type RestartResult, restartEngine } from "./restart-engine.ts";
export { engineInvocation, runEngine } from "./run-engine.ts";
export { describeOrigin, type Origin, type Setting } from "./setting.ts";
export { startEphemeralEngine } from "./start-ephemeral-engine.ts";
export { startOrReuse } from "./start-or-reuse.ts";
export { type StopResult, stopEngine } from "./stop-engine.ts";
export type { StopOptions } from "./stop-options.ts";
export { sweepEphemeralEngines } from "./sweep-ephemeral-engines.ts";
export type { StartTimings } from "./timings.ts";
export {
	type WaitProgress,
	type WaitResult,
	type WaitUntilReadyOptions,
	waitUntilReady,
} from "./wait-until-ready.ts";
