import net from "node:net";

/**
 * Whether a listener could be opened on this address and port now. The test holds the port for less
 * than a millisecond. A port that needs privileges we lack is not held by anybody, so it counts as free.
 */
export async function bindsFreely(host: string, port: number): Promise<boolean> {
	return await new Promise((resolve) => {
		// A client that connects in this moment must not keep the test from ending.
		const server = net.createServer((socket) => socket.destroy());
		server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code !== "EADDRINUSE"));
		server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
	});
}
