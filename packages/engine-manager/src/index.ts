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
export type { EngineDownloadOptions } from "./binaries.ts";
export type { CallOptions, Unbound } from "./call-options.ts";
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
export type { ConnectionEnvironment } from "./connection-environment.ts";
export { diagnoseEngine } from "./diagnose-engine.ts";
export type { DiagnosisArea, Finding } from "./doctor/finding.ts";
export type { StartForecast } from "./doctor/forecast-start.ts";
export type { ReportedSetting } from "./doctor/report-settings.ts";
export type { DiagnoseOptions, Diagnosis } from "./doctor/run-doctor.ts";
export type { Engine, EngineStartup, Mismatch } from "./engine.ts";
export type { EngineStatus } from "./engine-status.ts";
export type {
	EngineEndSignal,
	EphemeralCallOptions,
	EphemeralEngine,
	EphemeralEngineLogs,
} from "./ephemeral-engine.ts";
export type { EphemeralEngineOptions } from "./ephemeral-options.ts";
export type { EngineManagerErrorCode } from "./error-codes.ts";
export type { EngineEvent } from "./events.ts";
export {
	downloadEngineBinary,
	findEngineBinary,
	listEngineBinaries,
	pruneEngineBinaries,
} from "./facade-binaries.ts";
export {
	connectionEnvironment,
	engineLogs,
	engineStatus,
	listInstances,
	pruneInstances,
	waitUntilReady,
} from "./facade-look.ts";
export { engineInvocation, restartEngine, runEngine, startOrReuse, stopEngine } from "./facade-start.ts";
export { type FollowLogOptions, followLog } from "./follow-log.ts";
export type { ForegroundEngine, RunOptions } from "./foreground/run-engine.ts";
export type { EngineInstance } from "./instances/instance.ts";
export type { ListInstancesOptions } from "./instances/list-instances.ts";
export type { PruneInstancesOptions, PruneInstancesResult } from "./instances/prune-instances.ts";
export type { CrashPolicy, EngineOptions, SpawnMode, VersionMismatchPolicy } from "./options.ts";
export { type LogEnd, readLogEnd } from "./read-log-end.ts";
export { readStorageRoot } from "./read-storage-root.ts";
export type { RestartOptions, RestartResult } from "./restart-engine.ts";
export { describeOrigin, type Origin, type Setting } from "./setting.ts";
export { startEphemeralEngine } from "./start-ephemeral-engine.ts";
export type { StopResult } from "./stop-engine.ts";
export type { StopOptions } from "./stop-options.ts";
export { sweepEphemeralEngines } from "./sweep-ephemeral-engines.ts";
export type { StartTimings } from "./timings.ts";
export type { WaitProgress, WaitResult, WaitUntilReadyOptions } from "./wait-until-ready.ts";
