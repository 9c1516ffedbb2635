export type {
	BinaryOptions,
	ClusterOptions,
	ClusterSettings,
	ConfiguredMessaging,
	ConfiguredStorage,
	CrashPolicy,
	EngineMessaging,
	EngineOptions,
	EngineStorage,
	EngineTopology,
	LaunchOptions,
	PolicyOptions,
	PostgresSsl,
	Readiness,
	SpawnMode,
	TargetOptions,
	VersionMismatchPolicy,
} from "@rivetkit/engine-config";
export {
	describeOrigin,
	type EngineConfiguration,
	type Origin,
	readStorageRoot,
	type Setting,
} from "@rivetkit/engine-config";
export type { EngineLogs, EnginePreset } from "@rivetkit/engine-core";
export {
	EngineError,
	type EngineErrorMetadata,
	type EngineHealth,
	type Environment,
	type ExitStatus,
	isEngineError,
	type LogEnd,
	type Logger,
	readLogEnd,
	silentLogger,
} from "@rivetkit/engine-core";
export type { CachedEngine, DownloadProgress, DownloadResult, PruneResult } from "@rivetkit/engine-download";
export type { DatabaseProbeResult } from "@rivetkit/engine-health";
export type { ConnectedProcess, PortHolder } from "@rivetkit/engine-inspect";
export type {
	EngineInstance,
	EngineRecord,
	ListInstancesOptions,
	PruneInstancesOptions,
	PruneInstancesResult,
	RivetkitRecord,
} from "@rivetkit/engine-instances";
export { type FollowLogOptions, followLog } from "@rivetkit/engine-instances";
export type {
	ConnectionEnvironment,
	Engine,
	EngineDownloadOptions,
	EngineEvent,
	EngineManagerErrorCode,
	EngineStartup,
	EngineStatus,
	Mismatch,
	RestartOptions,
	RestartResult,
	StartTimings,
	StopOptions,
	StopResult,
	WaitProgress,
	WaitResult,
	WaitUntilReadyOptions,
} from "@rivetkit/engine-lifecycle";
export type { ForegroundEngine, RunOptions } from "@rivetkit/engine-lifecycle/foreground";
export type { DeclinedSource, ResolvedBinary } from "@rivetkit/engine-resolver";
export type { EngineCommand, EngineOutput } from "@rivetkit/engine-spawn";
export {
	downloadEngineBinary,
	findEngineBinary,
	listEngineBinaries,
	pruneEngineBinaries,
} from "./binaries.ts";
export type { CallOptions, Unbound } from "./call-options.ts";
export {
	connectionEnvironment,
	engineLogs,
	engineStatus,
	listInstances,
	pruneInstances,
	readEngineConfiguration,
	waitUntilReady,
} from "./look.ts";
export { engineInvocation, restartEngine, runEngine, startOrReuse, stopEngine } from "./start.ts";
