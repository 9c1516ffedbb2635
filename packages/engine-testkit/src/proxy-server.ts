import http from "node:http";
import net, { type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { serveHttpOverSockets } from "./http-over-sockets.ts";
import type { ServeOptions, TestServer } from "./test-server.ts";

/** The behaviour of a proxy. */
export interface ProxyOptions extends ServeOptions {
	/** Required credentials. Without them the proxy forwards nothing and answers 407. @defaultValue none are required */
	readonly credentials?: { readonly user: string; readonly password: string };
	/** Maps a target, such as `releases.test:443`, to its real address. @defaultValue the target itself */
	readonly route?: (target: string) => string;
}

/** A proxy on this machine. Disposing closes the proxy and all its connections. */
export interface ProxyServer extends TestServer {
	/** The `host:port`, as the client wrote it, of each connection or request that the proxy forwarded. */
	readonly targets: readonly string[];
}

/** Starts an HTTP proxy for CONNECT and for plain http with an absolute URL. */
export async function serveProxy(options: ProxyOptions = {}): Promise<ProxyServer> {
	const { credentials, route = (target) => target } = options;
	const targets: string[] = [];
	const outgoing = new Set<Socket>();

	const connect = (target: string): Socket => {
		targets.push(target);
		const { hostname, port } = new URL(`http://${route(target)}`);
		const socket = net.connect(Number(port || 80), hostname.replace(/^\[|\]$/g, ""));
		outgoing.add(socket);
		socket.on("error", () => {});
		socket.on("close", () => outgoing.delete(socket));
		return socket;
	};
	const server = http.createServer((request, response) => {
		if (!isAllowed(request, credentials)) {
			response.writeHead(407, { "proxy-authenticate": 'Basic realm="proxy"' }).end();
		} else if (request.url?.startsWith("http://") === true) {
			forward(request, response, connect);
		} else {
			response.writeHead(400).end("Only CONNECT and absolute http URLs are served here.\n");
		}
	});
	server.on("connect", (request, client: Duplex, head: Buffer) => {
		client.on("error", () => {});
		if (isAllowed(request, credentials)) tunnel(client, head, connect(request.url ?? ""));
		else
			client.end(
				'HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic realm="proxy"\r\ncontent-length: 0\r\n\r\n',
			);
	});
	const listening = await serveHttpOverSockets(server, options);
	return {
		port: listening.port,
		url: listening.url,
		requests: listening.requests,
		targets,
		async [Symbol.asyncDispose]() {
			for (const socket of outgoing) socket.destroy();
			await listening[Symbol.asyncDispose]();
		},
	};
}

function isAllowed({ headers }: http.IncomingMessage, credentials: ProxyOptions["credentials"]): boolean {
	if (credentials === undefined) return true;
	const { user, password } = credentials;
	const wanted = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
	return headers["proxy-authorization"] === wanted;
}

function tunnel(client: Duplex, head: Buffer, target: Socket): void {
	let connected = false;
	target.once("connect", () => {
		connected = true;
		client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
		target.write(head);
		client.pipe(target);
		target.pipe(client);
	});
	// An end is passed on by the pipe, behind what is still to be sent; a broken connection is not, and must
	// not look like one that ended.
	target.on("close", (broken) => {
		if (!connected) client.end("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n");
		else if (broken) client.destroy();
	});
	client.on("close", () => target.destroy());
}

function forward(
	request: http.IncomingMessage,
	response: http.ServerResponse,
	connect: (target: string) => Socket,
): void {
	const url = new URL(request.url ?? "");
	const { connection, "proxy-connection": _, "proxy-authorization": __, ...headers } = request.headers;
	const upstream = http.request({
		createConnection: () => connect(`${url.hostname}:${url.port || "80"}`),
		method: request.method,
		path: `${url.pathname}${url.search}`,
		headers: { ...headers, connection: "close" },
	});
	upstream.on("error", () => {
		if (response.headersSent) response.destroy();
		else response.writeHead(502).end();
	});
	upstream.on("response", (answer) => {
		response.writeHead(answer.statusCode ?? 502, answer.headers);
		answer.pipe(response);
		answer.on("error", () => response.destroy());
	});
	response.on("close", () => upstream.destroy());
	request.pipe(upstream);
}
