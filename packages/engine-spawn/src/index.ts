export {
	checkEnginePorts,
	checkPorts,
	type PortRole,
	type TakenPort,
	type WantedPort,
} from "./check-ports.ts";
export { type EngineCommand, type EngineLaunch, engineCommand } from "./command.ts";
export { type ConnectedProcess, connectedProcesses } from "./connected-processes.ts";
export { engineDatabase, lockHolder } from "./database-holder.ts";
export { type DescriptorUse, descriptorUse } from "./descriptor-use.ts";
export {
	type EngineEnvironment,
	type EngineEnvironmentRequest,
	engineEnvironment,
} from "./environment.ts";
export {
	type EngineExitCode,
	type ExitEvidence,
	type ExitExplanation,
	explainExit,
} from "./explain-exit.ts";
export { explainLease } from "./explain-living.ts";
export { readLogTail } from "./log-tail.ts";
export { type OomKills, oomKills, oomKillsMoved } from "./oom-kills.ts";
export type { EngineOutput } from "./pass-on-output.ts";
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
} from "./shown-configuration.ts";
export {
	type EngineSpawnErrorCode,
	type SpawnedEngine,
	type SpawnRequest,
	spawnEngine,
} from "./spawn-engine.ts";
export type { TopologyRequest } from "./topology.ts";
export type { WithheldVariables } from "./withheld-variables.ts";
