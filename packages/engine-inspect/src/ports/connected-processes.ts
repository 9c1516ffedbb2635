import { pause } from "@rivetkit/engine-core";
import { processName } from "../process/process-executable.ts";
import { socketInodes } from "../process/socket-inodes.ts";
import { localReader } from "../reader/local-reader.ts";
import { type SystemReader, valueOr } from "../reader/system-reader.ts";
import { requireAddress } from "../require-arguments.ts";
import { type Connection, connectionsTo } from "./connections.ts";
import { establishedSockets } from "./tcp-sockets.ts";

/** The time between the two looks, in milliseconds: longer than a request for `/health` takes. */
const LOOK_GAP_MS = 100;

/** A process that keeps connections to a port open. */
export interface ConnectedProcess {
	/** Undefined for a process of another user, on another machine, or in another container. */
	readonly pid: number | undefined;
	/** The name of its executable, such as `node`; undefined if the pid is. */
	readonly name: string | undefined;
	/** The addresses and ports of its connections, such as `127.0.0.1:50000`. */
	readonly clients: readonly string[];
}

/**
 * Finds the processes that keep a connection to a TCP port of this machine open, each once. A connection counts if two
 * looks see it: a process that only asks for `/health` now and then makes a new connection each time. Linux only; the
 * list is empty elsewhere.
 *
 * @param host - The address on which the port is bound: another program may bind the port on another address.
 * @defaultValue any address
 * @throws EngineError `invalid_option`.
 */
export async function connectedProcesses(
	port: number,
	host?: string,
	reader: SystemReader = localReader(),
): Promise<readonly ConnectedProcess[]> {
	requireAddress(port, host);
	const look = async (): Promise<readonly Connection[]> =>
		connectionsTo(await establishedSockets(reader), port, host);
	const before = await look();
	if (before.length === 0) return [];
	await pause(LOOK_GAP_MS);
	const clients = new Set(before.map(({ client }) => client));
	const kept = (await look()).filter(({ client }) => clients.has(client));
	return await ownersOf(kept, reader);
}

async function ownersOf(
	connections: readonly Connection[],
	reader: SystemReader,
): Promise<readonly ConnectedProcess[]> {
	const unowned = new Map(connections.map((connection) => [connection.client, connection]));
	const found: ConnectedProcess[] = [];
	for (const pid of unowned.size === 0 ? [] : valueOr(await reader.readProcesses(), [])) {
		const own = await socketInodes(pid, reader);
		const clients = [...unowned.values()]
			.filter(({ clientInode }) => clientInode !== undefined && own.has(clientInode))
			.map(({ client }) => client);
		if (clients.length > 0) found.push({ pid, name: await processName(pid, reader), clients });
		for (const client of clients) unowned.delete(client);
	}
	const strangers = [...unowned.keys()].map((client) => ({
		pid: undefined,
		name: undefined,
		clients: [client],
	}));
	return [...found, ...strangers];
}
