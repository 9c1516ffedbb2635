import type { BindAddress } from "@rivetkit/engine-core";
import { sessionOfProcess } from "@rivetkit/engine-core/process";
import { processName } from "../process/process-executable.ts";
import { socketInodes } from "../process/socket-inodes.ts";
import { localReader } from "../reader/local-reader.ts";
import { type AddressFamily, type SystemReader, valueOr } from "../reader/system-reader.ts";
import { unknownReader } from "../reader/unknown-reader.ts";
import { inodesListening, listeningSockets } from "./tcp-sockets.ts";

/** A process that listens on a port. */
export interface PortHolder {
	readonly pid: number;
	/** The name of its executable, such as `node`. */
	readonly name: string;
}

/**
 * Finds the process that listens on a TCP port of this machine. Undefined where none does, where the process is another
 * user's or another container's, and on platforms other than Linux.
 *
 * @param host - The address that is connected to, as others may listen on others. @defaultValue any
 */
export async function portHolder(
	port: number,
	host?: string,
	reader: SystemReader = localReader(),
): Promise<PortHolder | undefined> {
	const inodes = inodesListening(await listeningSockets(reader), port, host);
	if (inodes.size === 0) return undefined;
	for (const pid of valueOr(await reader.readProcesses(), [])) {
		const own = await socketInodes(pid, reader);
		if ([...inodes].some((inode) => own.has(inode))) return { pid, name: await processName(pid, reader) };
	}
	return undefined;
}

/** The owner of a listening port, seen from a process that was started here. */
export type PortOwnership = "own" | "other" | "nobody" | "unknown";

/**
 * Tells for each address whether this process, or a process in the session that it leads (a wrapper script's engine),
 * listens there: the proof that an answer from there is its own. `unknown` where the platform does not tell.
 */
export async function portOwnership(
	pid: number,
	addresses: readonly BindAddress[],
	reader: SystemReader = localReader(),
): Promise<readonly PortOwnership[]> {
	// A reader that is refused the sockets makes it `nobody`: only a platform without a reader is told apart.
	if (reader === unknownReader) return addresses.map(() => "unknown");
	const [inodes, own] = await Promise.all([inodesAt(addresses, reader), socketInodes(pid, reader)]);
	return await Promise.all(
		addresses.map(async ({ port, host }, index) => {
			const listening = inodes[index] ?? new Set();
			if (listening.size === 0) return "nobody";
			if ([...listening].some((inode) => own.has(inode))) return "own";
			const holder = await portHolder(port, host, reader);
			return holder !== undefined && (await sessionOfProcess(holder.pid)) === pid ? "own" : "other";
		}),
	);
}

/** A family's sockets take some milliseconds, so each is asked for once at most. */
async function inodesAt(
	addresses: readonly BindAddress[],
	reader: SystemReader,
): Promise<readonly ReadonlySet<string>[]> {
	const families = [...new Set(addresses.map(familyOf))];
	const sockets = new Map(
		await Promise.all(
			families.map(async (family) => [family, await listeningSockets(reader, [family])] as const),
		),
	);
	return addresses.map((address) =>
		inodesListening(sockets.get(familyOf(address)) ?? [], address.port, address.host),
	);
}

function familyOf({ host }: BindAddress): AddressFamily {
	return host.includes(":") ? 6 : 4;
}

/** The TCP ports on which a process listens. Empty if it may not be looked into, and on platforms other than Linux. */
export async function listeningPorts(
	pid: number,
	reader: SystemReader = localReader(),
): Promise<readonly number[]> {
	const [sockets, own] = await Promise.all([listeningSockets(reader), socketInodes(pid, reader)]);
	const ports = new Map(sockets.map(({ inode, local }) => [inode, local.port]));
	return [...own].flatMap((inode) => ports.get(inode) ?? []);
}
