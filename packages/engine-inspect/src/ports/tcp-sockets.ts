import {
	type AddressFamily,
	type SystemReader,
	type TcpSocket,
	type TcpState,
	valueOr,
} from "../reader/system-reader.ts";

const FAMILIES: readonly AddressFamily[] = [4, 6];

/** Lists the listening sockets of this machine. Empty if the system does not report them. */
export async function listeningSockets(reader: SystemReader): Promise<readonly TcpSocket[]> {
	return await socketsIn("listening", reader);
}

/** Lists the sockets of established connections. Empty if the system does not report them. */
export async function establishedSockets(reader: SystemReader): Promise<readonly TcpSocket[]> {
	return await socketsIn("established", reader);
}

async function socketsIn(state: TcpState, reader: SystemReader): Promise<readonly TcpSocket[]> {
	const answers = await Promise.all(FAMILIES.map((family) => reader.readTcpSockets(family, state)));
	return answers.flatMap((answer) => valueOr(answer, []));
}

/**
 * Finds the inodes of the sockets that listen on a port.
 *
 * @param host - The address of the connections that the sockets accept. @defaultValue any
 */
export function inodesListening(
	sockets: readonly TcpSocket[],
	port: number,
	host?: string,
): ReadonlySet<string> {
	const reaching = sockets
		.filter(({ local }) => local.port === port)
		.filter(({ local }) => host === undefined || [host, "0.0.0.0", "::"].includes(local.host));
	return new Set(reaching.map(({ inode }) => inode));
}
