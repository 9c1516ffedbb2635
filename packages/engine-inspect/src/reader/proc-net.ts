import type { SocketAddress, TcpSocket, TcpState } from "./system-reader.ts";

/** Codes of the states in the kernel's table. @see proc_pid_net(5) */
const STATES: Readonly<Record<TcpState, string>> = { listening: "0A", established: "01" };

/** Reads the sockets in one state in a table like `/proc/net/tcp`. */
export function parseTcpSockets(table: string, state: TcpState): readonly TcpSocket[] {
	return table
		.split("\n")
		.map((line) => line.trim().split(/\s+/))
		.filter((fields) => fields[3] === STATES[state])
		.map((fields) => ({
			local: parseSocketAddress(fields[1]),
			remote: parseSocketAddress(fields[2]),
			inode: fields[9] ?? "",
		}));
}

function parseSocketAddress(field = ""): SocketAddress {
	return { host: parseAddress(field), port: Number.parseInt(field.split(":").at(-1) ?? "", 16) };
}

/**
 * Reads the address in a field like `0100007F:1914`: groups of four bytes, each in the byte order of the machine. Engines
 * are published for little-endian machines only.
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
