import http from "node:http";
import net, { type AddressInfo, type Socket } from "node:net";

/** The address for a test server. */
export interface ServeOptions {
	/** @defaultValue any free one */
	readonly port?: number;
	/** @defaultValue `127.0.0.1` */
	readonly host?: string;
}

/** A request that a test server received. */
export interface RecordedRequest {
	readonly method: string;
	readonly url: string;
	readonly headers: http.IncomingHttpHeaders;
}

/** A server on this machine. Disposing closes the server and all its connections. */
export interface TestServer extends AsyncDisposable {
	readonly port: number;
	/** Such as `http://127.0.0.1:41234`. */
	readonly url: string;
	/** The requests in the order of their arrival; empty for servers that do not speak HTTP. */
	readonly requests: readonly RecordedRequest[];
}

/** Serves HTTP with the handler of a test. */
export async function serveRequests(
	handler: (request: http.IncomingMessage, response: http.ServerResponse) => void,
	options: ServeOptions = {},
): Promise<TestServer> {
	const requests: RecordedRequest[] = [];
	const server = http.createServer((request, response) => {
		requests.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers });
		handler(request, response);
	});
	return await listen(server, options, requests);
}

/** Serves bare connections, for answers that HTTP does not allow. */
export async function serveSockets(
	handler: (socket: Socket) => void,
	options: ServeOptions = {},
): Promise<TestServer> {
	return await listen(net.createServer(handler), options, []);
}

async function listen(
	server: net.Server,
	{ host = "127.0.0.1", port = 0 }: ServeOptions,
	requests: readonly RecordedRequest[],
): Promise<TestServer> {
	const sockets = new Set<Socket>();
	server.on("connection", (socket) => {
		sockets.add(socket);
		socket.on("close", () => sockets.delete(socket));
		// Clients of these servers may break off in the middle of an answer. A test must not fail for it.
		socket.on("error", () => {});
	});
	await new Promise<void>((resolve, reject) => {
		server.once("error", reject);
		server.listen({ host, port, exclusive: true }, resolve);
	});
	const bound = (server.address() as AddressInfo).port;
	return {
		port: bound,
		url: `http://${net.isIPv6(host) ? `[${host}]` : host}:${bound}`,
		requests,
		async [Symbol.asyncDispose]() {
			const closed = new Promise<void>((resolve) => server.close(() => resolve()));
			for (const socket of sockets) socket.destroy();
			await closed;
		},
	};
}
