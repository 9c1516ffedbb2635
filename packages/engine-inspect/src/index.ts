export { engineDatabase, lockHolder } from "./database/database-holder.ts";
export { samePath } from "./database/same-path.ts";
export {
	checkEnginePorts,
	checkPorts,
	type PortRole,
	type TakenPort,
	type WantedPort,
} from "./ports/check-ports.ts";
export { type ConnectedProcess, connectedProcesses } from "./ports/connected-processes.ts";
export { executesEngine } from "./ports/is-engine-process.ts";
export {
	listeningPorts,
	type PortHolder,
	type PortOwnership,
	portHolder,
	portOwnership,
	processExecutable,
} from "./ports/port-holder.ts";
export { describeTaken, portsInUseError } from "./ports/ports-in-use.ts";
export { listeningAddresses } from "./reader/proc-net.ts";
export { type DescriptorUse, descriptorUse } from "./process/descriptor-use.ts";
export { type OomKills, oomKills, oomKillsMoved } from "./process/oom-kills.ts";
export { processArguments } from "./process/process-arguments.ts";
