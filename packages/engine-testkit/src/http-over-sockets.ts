import type http from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import { type RecordedRequest, type ServeOptions, serveSockets, type TestServer } from "./test-server.ts";

/** A test server that can also break the connection below HTTP and TLS. */
export interface BreakableServer extends TestServer {
	/** Sends RST on the connection below a request's socket. Bytes in transit may be lost. */
	resetConnection(socket: Socket): void;
}

/** Accepts connections, and hands them to an HTTP or HTTPS server that does not listen itself. */
export async function serveHttpOverSockets(
	server: http.Server | https.Server,
	options: ServeOptions = {},
): Promise<BreakableServer> {
	const requests: RecordedRequest[] = [];
	const record = ({ method = "", url = "", headers }: http.IncomingMessage): void => {
		requests.push({ method, url, headers });
	};
	server.prependListener("request", record);
	server.prependListener("connect", record);

	// A TLS socket does not expose its TCP connection, so the connection is found by the client's port.
	const bareSockets = new Map<number | undefined, Socket>();
	const listening = await serveSockets((socket) => {
		const { remotePort } = socket;
		bareSockets.set(remotePort, socket);
		socket.once("close", () => bareSockets.delete(remotePort));
		socket.setNoDelay(true);
		server.emit("connection", socket);
	}, options);
	return {
		...listening,
		url: server instanceof https.Server ? listening.url.replace(/^http:/, "https:") : listening.url,
		requests,
		resetConnection: (socket) => void bareSockets.get(socket.remotePort)?.resetAndDestroy(),
	};
}
