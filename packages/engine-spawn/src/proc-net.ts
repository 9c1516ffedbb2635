import { readFile } from "node:fs/promises";
import type { BindAddress } from "./environment.ts";

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

/** State `0A` of the kernel's table is LISTEN. @see proc_pid_net(5) */
const LISTEN = "0A";

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

function listeners(table: string, port: number): readonly (readonly string[])[] {
	const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
	return listeningRows(table).filter(([, local]) => local?.endsWith(suffix) === true);
}

function listeningRows(table: string): readonly (readonly string[])[] {
	return table
		.split("\n")
		.map((line) => line.trim().split(/\s+/))
		.filter(([, , , state]) => state === LISTEN);
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
