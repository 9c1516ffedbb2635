import { readFile } from "node:fs/promises";
import type { BindAddress } from "@rivetkit/engine-core";

/** The socket inodes that listen on a TCP port, by IPv4 and IPv6; with `host`, that connections to it reach. Empty on platforms without `/proc/net`. */
export async function listeningInodes(port: number, host?: string): Promise<ReadonlySet<string>> {
	return new Set((await readTables()).flatMap((table) => parseListeningInodes(table, port, host)));
}

/** The socket inodes that listen on each address. A table takes some milliseconds, so each is read once at most. */
export async function listeningInodesAt(
	addresses: readonly BindAddress[],
): Promise<readonly ReadonlySet<string>[]> {
	const wanted = [...new Set(addresses.map(tableOf))];
	const tables = new Map(
		await Promise.all(wanted.map(async (path) => [path, await readTable(path)] as const)),
	);
	return addresses.map((address) => {
		return new Set(parseListeningInodes(tables.get(tableOf(address)) ?? "", address.port, address.host));
	});
}

const IPV4_TABLE = "/proc/net/tcp";
const IPV6_TABLE = "/proc/net/tcp6";

/** States of the kernel's table. @see proc_pid_net(5) */
const LISTEN = "0A";
const ESTABLISHED = "01";

/** The TCP ports on which somebody listens, by the inodes of the sockets. Empty on platforms without `/proc/net`. */
export async function listeningPortsByInode(): Promise<ReadonlyMap<string, number>> {
	const rows = (await readTables()).flatMap(listeningRows);
	return new Map(
		rows.map((fields) => [fields[9] ?? "", Number.parseInt(fields[1]?.split(":").at(-1) ?? "", 16)]),
	);
}

/** The addresses on which somebody listens on a TCP port. Empty on platforms without `/proc/net`. */
export async function listeningAddresses(port: number): Promise<readonly string[]> {
	const tables = await readTables();
	return [
		...new Set(
			tables.flatMap((table) => listeners(table, port).map(([, local = ""]) => parseAddress(local))),
		),
	];
}

/**
 * The inodes of the listening sockets of one port in a table like `/proc/net/tcp`.
 *
 * @param host - Only those that connections to this address reach. @defaultValue any
 */
export function parseListeningInodes(table: string, port: number, host?: string): readonly string[] {
	return listeners(table, port)
		.filter(([, local = ""]) => host === undefined || [host, "0.0.0.0", "::"].includes(parseAddress(local)))
		.flatMap((fields) => fields[9] ?? []);
}

/**
 * The address in a field like `0100007F:1914`: groups of four bytes, each in the order of the machine,
 * which is little-endian on all that engines are published for.
 */
export function parseAddress(field: string): string {
	const [hex = ""] = field.split(":");
	const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => [...Buffer.from(word, "hex")].reverse());
	if (bytes.length === 4) return bytes.join(".");
	const groups = Array.from({ length: 8 }, (_, index) =>
		Buffer.from(bytes)
			.readUInt16BE(index * 2)
			.toString(16),
	);
	return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}

/** An established connection to a TCP port of this machine. */
export interface Connection {
	/** The address and port from which it comes, such as `127.0.0.1:50000`. */
	readonly client: string;
	/** The inode of the client's socket; undefined if that is on another machine, or in another network namespace. */
	readonly clientInode: string | undefined;
}

/** The established connections to a port; with `host`, to that address of this machine only. Empty on platforms without `/proc/net`. */
export async function connectionsTo(port: number, host?: string): Promise<readonly Connection[]> {
	return parseConnections(await readTables(), port, host);
}

/** {@link connectionsTo} in tables like `/proc/net/tcp`, where each end on this machine has a line of its own. */
export function parseConnections(
	tables: readonly string[],
	port: number,
	host?: string,
): readonly Connection[] {
	const ends = tables
		.flatMap((table) => rowsIn(table, ESTABLISHED))
		.map((fields) => ({ local: socketName(fields[1]), remote: socketName(fields[2]), inode: fields[9] }));
	const inodes = new Map(ends.map(({ local, remote, inode }) => [`${local} ${remote}`, inode]));
	const isAnywhere = host === undefined || host === "0.0.0.0" || host === "::";
	return ends
		.filter(({ local }) => (isAnywhere ? local.endsWith(`:${port}`) : local === `${host}:${port}`))
		.map(({ local, remote }) => ({ client: remote, clientInode: inodes.get(`${remote} ${local}`) }));
}

/** An IPv4 connection may have one end in each table, the other as IPv6. */
function socketName(field = ""): string {
	const port = Number.parseInt(field.split(":").at(-1) ?? "", 16);
	const mapped = /^0000000000000000FFFF0000([0-9A-F]{8})/.exec(field)?.[1];
	return `${parseAddress(mapped ?? field)}:${port}`;
}

function listeners(table: string, port: number): readonly (readonly string[])[] {
	const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
	return listeningRows(table).filter(([, local]) => local?.endsWith(suffix) === true);
}

function listeningRows(table: string): readonly (readonly string[])[] {
	return rowsIn(table, LISTEN);
}

function rowsIn(table: string, state: string): readonly (readonly string[])[] {
	return table
		.split("\n")
		.map((line) => line.trim().split(/\s+/))
		.filter((fields) => fields[3] === state);
}

async function readTables(): Promise<readonly string[]> {
	return await Promise.all([IPV4_TABLE, IPV6_TABLE].map(readTable));
}

async function readTable(path: string): Promise<string> {
	return await readFile(path, "utf8").catch(() => "");
}

function tableOf({ host }: BindAddress): string {
	return host.includes(":") ? IPV6_TABLE : IPV4_TABLE;
}
