import type { SocketAddress, TcpSocket } from "../reader/system-reader.ts";

/** An established connection to a TCP port of this machine. */
export interface Connection {
	/** The address and port of the client, such as `127.0.0.1:50000`. */
	readonly client: string;
	/** The inode of the client's socket; undefined for a client on another machine, or in another network namespace. */
	readonly clientInode: string | undefined;
}

/**
 * Finds the connections to a port among the established sockets, where each end on this machine is a separate socket.
 *
 * @param host - The address of this machine that the clients have connected to. @defaultValue any
 */
export function connectionsTo(
	sockets: readonly TcpSocket[],
	port: number,
	host?: string,
): readonly Connection[] {
	const ends = sockets.map(({ local, remote, inode }) => ({
		local: socketName(local),
		remote: socketName(remote),
		inode,
	}));
	const inodes = new Map(ends.map(({ local, remote, inode }) => [`${local} ${remote}`, inode]));
	const isAnywhere = host === undefined || host === "0.0.0.0" || host === "::";
	return ends
		.filter(({ local }) => (isAnywhere ? local.endsWith(`:${port}`) : local === `${host}:${port}`))
		.map(({ local, remote }) => ({ client: remote, clientInode: inodes.get(`${remote} ${local}`) }));
}

/**
 * Writes an address such as `::ffff:7f00:1` in the IPv4 form, because the two ends of an IPv4 connection may have
 * different forms.
 */
function socketName({ host, port }: SocketAddress): string {
	const [, high, low] = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(host) ?? [];
	const isMapped = high !== undefined && low !== undefined;
	return `${isMapped ? [...bytesOf(high), ...bytesOf(low)].join(".") : host}:${port}`;
}

function bytesOf(group: string): readonly number[] {
	const value = Number.parseInt(group, 16);
	return [value >> 8, value & 0xff];
}
