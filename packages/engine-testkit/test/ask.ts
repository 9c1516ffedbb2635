import http from "node:http";
import https from "node:https";
import net from "node:net";

/** An answer as a client saw it. */
export interface Seen {
	/** Undefined if there was none. */
	readonly status: number | undefined;
	readonly headers: http.IncomingHttpHeaders;
	readonly body: Buffer;
	/** The body ended as its framing says. */
	readonly complete: boolean;
	/** The code of the error with which it ended, if any. */
	readonly error: string | undefined;
}

interface AskOptions {
	readonly headers?: http.OutgoingHttpHeaders;
	readonly ca?: string;
	/** Called with what was received of the body until now, from the headers on; true hangs up. */
	readonly onBody?: (body: Buffer) => unknown;
	/** In place of a connection to the URL's host. */
	readonly through?: net.Socket;
}

/** Sends a GET on a connection of its own, and tells what came. */
export async function ask(url: string, options: AskOptions = {}): Promise<Seen> {
	const { headers = {}, ca, onBody, through } = options;
	let answer: http.IncomingMessage | undefined;
	let body: Buffer = Buffer.alloc(0);
	let error: string | undefined;
	await new Promise<void>((resolve) => {
		const request = (url.startsWith("https:") ? https : http).get(url, {
			headers,
			...(ca === undefined ? {} : { ca }),
			// With an agent, Node would connect by itself.
			...(through === undefined ? { agent: false } : { createConnection: () => through }),
		});
		const fail = ({ code, message }: NodeJS.ErrnoException): void => {
			error ??= code ?? message;
		};
		request.on("error", fail);
		request.on("response", (response) => {
			answer = response;
			response.on("error", fail);
			response.on("data", (chunk: Buffer) => {
				body = Buffer.concat([body, chunk]);
				if (onBody?.(body) === true) request.destroy();
			});
			onBody?.(body);
		});
		request.on("close", resolve);
	});
	return {
		status: answer?.statusCode,
		headers: answer?.headers ?? {},
		body,
		complete: answer?.complete ?? false,
		error,
	};
}

/** Sends text on a bare connection, and tells what came until it ended. */
export async function converse(
	port: number,
	text: string,
): Promise<{ readonly received: string; readonly error: string | undefined }> {
	return await new Promise((resolve) => {
		let received = "";
		let error: string | undefined;
		const socket = net.connect(port, "127.0.0.1", () => socket.write(text));
		socket.on("data", (chunk) => {
			received += chunk.toString("latin1");
		});
		socket.on("error", (reason: NodeJS.ErrnoException) => {
			error = reason.code;
		});
		socket.on("close", () => resolve({ received, error }));
	});
}
