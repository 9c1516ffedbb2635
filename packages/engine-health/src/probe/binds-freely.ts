import net from "node:net";

/**
 * True if a listener could be opened on this address and port now. The test holds the port for less than a millisecond. A
 * port that this process may not bind counts as free, since only `EADDRINUSE` shows that it is taken.
 */
export async function bindsFreely(host: string, port: number): Promise<boolean> {
	return await new Promise((resolve) => {
		// Close connections at once: a client that connects during the test must not prolong it.
		const server = net.createServer((socket) => socket.destroy());
		server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code !== "EADDRINUSE"));
		server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
	});
}
