export type { BindAddress, EngineLogs, EnginePreset } from "@rivetkit/engine-core";
export {
	checkEnginePorts,
	checkPorts,
	type PortRole,
	type TakenPort,
	type WantedPort,
} from "./check-ports.ts";
export { type EngineCommand, type EngineLaunch, engineCommand } from "./command/engine-command.ts";
export {
	type EngineEnvironment,
	type EngineEnvironmentRequest,
	engineEnvironment,
} from "./command/engine-environment.ts";
export type { TopologyRequest } from "./command/topology.ts";
export type { WithheldVariables } from "./command/withheld-variables.ts";
export { type ConnectedProcess, connectedProcesses } from "./connected-processes.ts";
export { engineDatabase, lockHolder } from "./database-holder.ts";
export { type DescriptorUse, descriptorUse } from "./descriptor-use.ts";
export {
	type EngineExitCode,
	type ExitEvidence,
	type ExitExplanation,
	explainExit,
	explainLease,
} from "./explain/index.ts";
export { readLogTail } from "./logs/log-tail.ts";
export type { EngineOutput } from "./logs/pass-on-output.ts";
export { type OomKills, oomKills, oomKillsMoved } from "./oom-kills.ts";
export {
	listeningPorts,
	type PortHolder,
	type PortOwnership,
	portHolder,
	portOwnership,
	processExecutable,
} from "./port-holder.ts";
export { listeningAddresses } from "./proc-net.ts";
export { processArguments } from "./process-arguments.ts";
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
