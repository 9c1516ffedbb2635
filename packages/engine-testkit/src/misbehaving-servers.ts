import { type ServeOptions, serveRequests, serveSockets, type TestServer } from "./test-server.ts";

/** Answers every request with one status. */
export async function serveStatus(
	status: number,
	body = "",
	contentType = "text/plain",
	options?: ServeOptions,
): Promise<TestServer> {
	return await serveRequests((_, response) => {
		response.writeHead(status, { "content-type": contentType }).end(body);
	}, options);
}

/** Answers every path with 200 and a page, as a web server does. Attacks clients that look at the status only. */
export async function serveHtml(options?: ServeOptions): Promise<TestServer> {
	return await serveStatus(200, "<!doctype html><title>Welcome</title>", "text/html; charset=utf-8", options);
}

/** Answers with the health JSON of another runtime, or without a runtime. Attacks clients that look for any JSON. */
export async function serveRuntime(runtime: string | undefined, options?: ServeOptions): Promise<TestServer> {
	const body = JSON.stringify({ runtime, status: "ok", version: "1.0.0" });
	return await serveStatus(200, body, "application/json", options);
}

/** Accepts connections and requests, and never answers. Attacks clients without a timeout. */
export async function serveSilent(options?: ServeOptions): Promise<TestServer> {
	return await serveRequests(() => {}, options);
}

/** Sends a body byte every 50 ms and never ends. Attacks timeouts that start again with every byte. */
export async function serveDrip(options?: ServeOptions): Promise<TestServer> {
	return await serveRequests((_, response) => {
		response.writeHead(200, { "content-type": "application/json" });
		const timer = setInterval(() => response.write(" "), 50);
		response.on("close", () => clearInterval(timer));
	}, options);
}

/** Sends as fast as it can and never ends. Attacks clients that collect a body of any size. */
export async function serveEndless(options?: ServeOptions): Promise<TestServer> {
	const chunk = Buffer.alloc(16 * 1024, "x");
	return await serveRequests((_, response) => {
		response.writeHead(200, { "content-type": "text/plain" });
		const send = (): void => {
			while (!response.destroyed && response.write(chunk));
		};
		response.on("drain", send);
		send();
	}, options);
}

/** Stops in the middle of a header. Attacks timeouts that wait for a response object before they count. */
export async function serveHalfHeaders(options?: ServeOptions): Promise<TestServer> {
	return await serveRequests((request) => {
		request.socket.write("HTTP/1.1 200 OK\r\ncontent-ty");
	}, options);
}

/** Greets like an SSH server. Attacks clients that take an answer without HTTP for a server that is down. */
export async function serveGarbage(options?: ServeOptions): Promise<TestServer> {
	return await serveSockets((socket) => {
		socket.write("SSH-2.0-OpenSSH_9.6\r\n");
	}, options);
}

/** Accepts and hangs up. Attacks clients that take a broken connection for a refused one. */
export async function serveClosing(options?: ServeOptions): Promise<TestServer> {
	return await serveSockets((socket) => {
		socket.destroy();
	}, options);
}
