export type { BindAddress, EngineLogs, EnginePreset } from "@rivetkit/engine-core";
export { type EngineCommand, type EngineLaunch, engineCommand } from "./command/engine-command.ts";
export {
	type EngineEnvironment,
	type EngineEnvironmentRequest,
	engineEnvironment,
} from "./command/engine-environment.ts";
export type { TopologyRequest } from "./command/topology.ts";
export { readLogTail } from "./logs/log-tail.ts";
export type { EngineOutput } from "./logs/pass-on-output.ts";
export {
	askConfiguration,
	type ConfigurationAnswer,
	type ShownConfiguration,
} from "./spawn/shown-configuration.ts";
export {
	type EngineSpawnErrorCode,
	type SpawnedEngine,
	type SpawnRequest,
	spawnEngine,
} from "./spawn/spawn-engine.ts";
export type { KillRequest, StopRequest } from "./spawn/spawned-child.ts";
