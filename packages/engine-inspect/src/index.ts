export { connectFailure } from "./connect-failure.ts";
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
export { listeningAddresses } from "./ports/listening-addresses.ts";
export {
	listeningPorts,
	type PortHolder,
	type PortOwnership,
	portHolder,
	portOwnership,
} from "./ports/port-holder.ts";
export { describeTaken, portsInUseError } from "./ports/ports-in-use.ts";
export { type DescriptorUse, descriptorUse } from "./process/descriptor-use.ts";
export { type OomKills, oomKills, oomKillsMoved } from "./process/oom-kills.ts";
export { processArguments } from "./process/process-arguments.ts";
export { processExecutable } from "./process/process-executable.ts";
export type {
	AddressFamily,
	Answer,
	Descriptor,
	FileLock,
	SocketAddress,
	SystemReader,
	TcpSocket,
	TcpState,
} from "./reader/system-reader.ts";
