export type { BindAddress, EngineLogs, EnginePreset } from "@rivetkit/engine-core";
export { type EngineCommand, engineCommand } from "./command/engine-command.ts";
export { type EngineEnvironment, engineEnvironment } from "./command/engine-environment.ts";
export type { EngineLaunch } from "./command/engine-launch.ts";
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
	spawnEngine,
} from "./spawn/spawn-engine.ts";
export type { SpawnRequest } from "./spawn/spawn-request.ts";
export type { KillRequest, StopRequest } from "./spawn/spawned-child.ts";
