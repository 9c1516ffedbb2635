import { readFileSync } from "node:fs";

/** The lowest guard port, above the usual ports of databases, development servers and engines. */
const LOWEST_PORT = 20_000;

/** The first port that Linux gives to outgoing connections by default. Other systems begin higher. */
const USUAL_EPHEMERAL_PORT = 32_768;

/** The distance between two guard ports. The three ports of an engine are within a range of 11. */
const BLOCK_SIZE = 20;

/**
 * Lists the possible guard ports of a throw-away engine, each once, starting with a random port. They lie below the ports
 * that the system gives to outgoing connections.
 *
 * @param end - The lowest port that the system gives to outgoing connections.
 * @param random - A number from 0 to below 1.
 */
export function candidatePorts(end: number, random: number = Math.random()): readonly number[] {
	const highest = end - LOWEST_PORT >= 10 * BLOCK_SIZE ? end : USUAL_EPHEMERAL_PORT;
	const count = Math.floor((highest - LOWEST_PORT) / BLOCK_SIZE);
	const start = Math.floor(random * count);
	return Array.from({ length: count }, (_, step) => LOWEST_PORT + ((start + step) % count) * BLOCK_SIZE);
}

/**
 * Reads the lowest port that this system gives to outgoing connections. Returns the usual value if the system does not
 * report it.
 */
export function lowestEphemeralPort(): number {
	try {
		const text = readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8");
		return Number.parseInt(text, 10) || USUAL_EPHEMERAL_PORT;
	} catch {
		return USUAL_EPHEMERAL_PORT;
	}
}
