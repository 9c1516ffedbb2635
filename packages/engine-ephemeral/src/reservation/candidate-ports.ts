import { readFileSync } from "node:fs";

/** The lowest guard port, above the usual ports of databases, development servers and engines. */
const LOWEST_PORT = 20_000;

/** The first port that Linux hands out by default. Other systems begin higher. */
const USUAL_EPHEMERAL_PORT = 32_768;

/** The distance between two guard ports. An engine's three ports lie within 11. */
const BLOCK_SIZE = 20;

/**
 * Lists the guard ports that a throw-away engine may have, each once, from a random port on. The ports of such engines
 * lie below those that the system gives to outgoing connections.
 *
 * @param end - The lowest port that the system gives to outgoing connections.
 * @param random - From 0 to 1, 1 excluded.
 */
export function candidatePorts(end: number, random: number = Math.random()): readonly number[] {
	const highest = end - LOWEST_PORT >= 10 * BLOCK_SIZE ? end : USUAL_EPHEMERAL_PORT;
	const count = Math.floor((highest - LOWEST_PORT) / BLOCK_SIZE);
	const start = Math.floor(random * count);
	return Array.from({ length: count }, (_, step) => LOWEST_PORT + ((start + step) % count) * BLOCK_SIZE);
}

/**
 * Reads the lowest port that this system gives to outgoing connections, or guesses it where the system does not
 * say.
 */
export function lowestEphemeralPort(): number {
	try {
		const text = readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8");
		return Number.parseInt(text, 10) || USUAL_EPHEMERAL_PORT;
	} catch {
		return USUAL_EPHEMERAL_PORT;
	}
}
