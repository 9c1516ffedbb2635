export { checkPorts, type PortRole, type TakenPort, type WantedPort } from "./check-ports.ts";
export { type EngineCommand, type EngineLaunch, engineCommand } from "./command.ts";
export { type ConnectedProcess, connectedProcesses } from "./connected-processes.ts";
export { engineDatabase, lockHolder } from "./database-holder.ts";
export {
	type BindAddress,
	type EngineEnvironment,
	type EngineEnvironmentRequest,
	engineEnvironment,
} from "./environment.ts";
export { type EngineExitCode, type ExitExplanation, explainExit } from "./explain-exit.ts";
export { type EngineLogs, type PruneLogOptions, pruneLogFiles } from "./log-files.ts";
export { readLogTail } from "./log-tail.ts";
export {
	listeningPorts,
	type PortHolder,
	type PortOwnership,
	portHolder,
	portOwnership,
} from "./port-holder.ts";
export type { EnginePreset } from "./presets.ts";
export { listeningAddresses } from "./proc-net.ts";
export { processArguments } from "./process-arguments.ts";
export {
	type EngineSpawnErrorCode,
	type SpawnedEngine,
	type SpawnRequest,
	spawnEngine,
} from "./spawn-engine.ts";
