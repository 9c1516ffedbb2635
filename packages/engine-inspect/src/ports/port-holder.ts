import type { BindAddress } from "@rivetkit/engine-core";
import { sessionOfProcess } from "@rivetkit/engine-core/process";
import { processName } from "../process/process-executable.ts";
import { socketInodes } from "../process/socket-inodes.ts";
import { localReader } from "../reader/local-reader.ts";
import { type AddressFamily, type SystemReader, UNKNOWN, valueOr } from "../reader/system-reader.ts";
import { requireAddress, requireAddresses, requirePid } from "../require-arguments.ts";
import { inodesListening, listeningSockets } from "./tcp-sockets.ts";

/** A process that listens on a port. */
export interface PortHolder {
	readonly pid: number;
	/** The name of its executable, such as `node`. */
	readonly name: string;
}

/**
 * Finds the process that listens on a TCP port of this machine. Returns undefined if no process listens, if the
 * process belongs to another user or container, and on platforms other than Linux.
 *
 * @param host - The address that clients connect to: another process may listen on another address. @defaultValue any
 * @throws EngineError `invalid_option`.
 */
export async function portHolder(
	port: number,
	host?: string,
	reader: SystemReader = localReader(),
): Promise<PortHolder | undefined> {
	requireAddress(port, host);
	const inodes = inodesListening(await listeningSockets(reader), port, host);
	if (inodes.size === 0) return undefined;
	for (const pid of valueOr(await reader.readProcesses(), [])) {
		const own = await socketInodes(pid, reader);
		if ([...inodes].some((inode) => own.has(inode))) return { pid, name: await processName(pid, reader) };
	}
	return undefined;
}

/** The owner of a listening port, seen from one process. */
export type PortOwnership = "own" | "other" | "nobody" | "unknown";

/**
 * Finds out for each address whether the process `pid`, or a process in the session that it leads (the engine of a
 * wrapper script), listens there. `own` proves that an answer from there comes from `pid` or its session; `unknown`
 * means that the system does not report who listens.
 *
 * @throws EngineError `invalid_option`.
 */
export async function portOwnership(
	pid: number,
	addresses: readonly BindAddress[],
	reader: SystemReader = localReader(),
): Promise<readonly PortOwnership[]> {
	requirePid(pid);
	requireAddresses(addresses);
	const [listening, own] = await Promise.all([inodesAt(addresses, reader), socketInodes(pid, reader)]);
	return await Promise.all(
		addresses.map(async ({ port, host }, index) => {
			const inodes = listening[index];
			if (inodes === undefined) return "unknown";
			if (inodes.size === 0) return "nobody";
			if ([...inodes].some((inode) => own.has(inode))) return "own";
			const holder = await portHolder(port, host, reader);
			return holder !== undefined && (await sessionOfProcess(holder.pid)) === pid ? "own" : "other";
		}),
	);
}

/**
 * Finds for each address the inodes of the sockets that listen there; undefined if the system does not report it.
 * Reading the sockets of an address family takes some milliseconds, so each family is read at most once.
 */
async function inodesAt(
	addresses: readonly BindAddress[],
	reader: SystemReader,
): Promise<readonly (ReadonlySet<string> | undefined)[]> {
	const families = [...new Set(addresses.map(familyOf))];
	const answers = new Map(
		await Promise.all(
			families.map(async (family) => [family, await reader.readTcpSockets(family, "listening")] as const),
		),
	);
	return addresses.map((address) => {
		const answer = answers.get(familyOf(address)) ?? UNKNOWN;
		return answer.kind === "unknown" ? undefined : inodesListening(answer.value, address.port, address.host);
	});
}

function familyOf({ host }: BindAddress): AddressFamily {
	return host.includes(":") ? 6 : 4;
}

/**
 * Lists the TCP ports on which a process listens. Empty if the system does not report them.
 *
 * @throws EngineError `invalid_option`.
 */
export async function listeningPorts(
	pid: number,
	reader: SystemReader = localReader(),
): Promise<readonly number[]> {
	requirePid(pid);
	const [sockets, own] = await Promise.all([listeningSockets(reader), socketInodes(pid, reader)]);
	const ports = new Map(sockets.map(({ inode, local }) => [inode, local.port]));
	return [...own].flatMap((inode) => ports.get(inode) ?? []);
}
