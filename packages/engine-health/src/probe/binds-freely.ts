import net from "node:net";

/**
 * True if a listener could be opened on this address and port now. The test holds the port for less than a millisecond. A
 * port that this process may not bind is not taken by another process, so it counts as free.
 */
export async function bindsFreely(host: string, port: number): Promise<boolean> {
	return await new Promise((resolve) => {
		// A client that connects in this moment must not prolong the test.
		const server = net.createServer((socket) => socket.destroy());
		server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code !== "EADDRINUSE"));
		server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
	});
}
