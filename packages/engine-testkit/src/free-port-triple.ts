import { readFileSync } from "node:fs";
import net from "node:net";
import { BLOCK_SIZE, reserveBlock } from "./port-reservation.ts";

/** The lowest port to try: above the ports of engines and of most servers on a developer's machine. */
const LOWEST_PORT = 10_240;

/** The first port of throw-away engines, which ignore the reservations of this package. */
const END_PORT = 20_000;

/**
 * Finds a guard port `p` so that `p`, `p + 1` and `p + 10` can be bound on every address now. The port lies below
 * those that the kernel gives to outgoing connections and to servers on port 0. No other test process is given
 * this port while this process lives.
 */
export async function freePortTriple(): Promise<number> {
	const blocks = Math.floor((Math.min(END_PORT, lowestEphemeralPort()) - LOWEST_PORT) / BLOCK_SIZE);
	const start = Math.floor(Math.random() * blocks);
	for (let step = 0; step < blocks; step++) {
		const port = LOWEST_PORT + ((start + step) % blocks) * BLOCK_SIZE;
		if (!reserveBlock(port)) continue;
		const free = await Promise.all([port, port + 1, port + 10].map(bindsFreely));
		if (free.every(Boolean)) return port;
	}
	throw new Error(`None of the ${blocks} port blocks from ${LOWEST_PORT} on is free.`);
}

function lowestEphemeralPort(): number {
	try {
		const [low] = readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8").split(/\s+/).map(Number);
		return low !== undefined && low > LOWEST_PORT + BLOCK_SIZE ? low : 32_768;
	} catch {
		return 32_768;
	}
}

/** Binds a port without a host, so on every address of IPv4 and IPv6, and thus finds a listener on any address. */
async function bindsFreely(port: number): Promise<boolean> {
	return await new Promise((resolve) => {
		const server = net.createServer();
		server.once("error", () => resolve(false));
		server.listen({ port, exclusive: true }, () => server.close(() => resolve(true)));
	});
}
