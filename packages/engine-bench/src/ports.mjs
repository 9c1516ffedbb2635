import net from "node:net";

const LOWEST = 20_000;
const HIGHEST = 32_000;

/** Finds a guard port so that the api-peer and metrics ports, 1 and 10 above, can be bound, too. */
export async function freePort() {
	for (;;) {
		const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
		const free = await Promise.all([port, port + 1, port + 10].map(bindsFreely));
		if (free.every(Boolean)) return port;
	}
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
async function bindsFreely(port) {
	return await new Promise((resolve) => {
		const server = net.createServer();
		server.once("error", () => resolve(false));
		server.listen({ port, exclusive: true }, () => server.close(() => resolve(true)));
	});
}
