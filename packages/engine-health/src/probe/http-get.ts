import type { ClientRequest } from "node:http";
import type { EngineEndpoint } from "@rivetkit/engine-core";

// From Node 22 on, `import` reads every export of the module, which loads Node's own undici: 25 ms, and a global.
const http = process.getBuiltinModule("node:http");

/** A GET request and its limits. */
export interface HttpGetRequest {
	readonly endpoint: EngineEndpoint;
	/** The address to connect to, one of the endpoint's `probeHosts`. */
	readonly address: string;
	/** Appended to the endpoint's URL. */
	readonly path: string;
	/** The time limit, from the call to the last byte of the body. */
	readonly timeoutMs: number;
	readonly signal?: AbortSignal | undefined;
	readonly headers?: Readonly<Record<string, string>>;
}

/** Result of a GET request. */
export type HttpAnswer =
	| {
			readonly kind: "response";
			readonly status: number;
			readonly statusText: string;
			readonly contentType: string;
			readonly body: string;
	  }
	| { readonly kind: "too-large"; readonly status: number; readonly contentType: string }
	| { readonly kind: "timeout"; readonly reason: string }
	| { readonly kind: "failed"; readonly error: NodeJS.ErrnoException };

/** The size limit for a body. A health answer has 53 bytes; the engine's metrics port sends 700 KB on every path. */
const MAX_BODY_BYTES = 64 * 1024;

/** Sends a GET request on a new connection and reads a small answer. Rejects only if aborted. */
export async function httpGet(request: HttpGetRequest): Promise<HttpAnswer> {
	const { endpoint } = request;
	const url = new URL(`${endpoint.url}${request.path}`);
	const transport = endpoint.protocol === "https" ? await import("node:https") : http;
	request.signal?.throwIfAborted();
	return await new Promise((resolve, reject) => {
		let progress = "no answer";
		let outgoing: ClientRequest | undefined;
		const settle = (): void => {
			clearTimeout(timer);
			request.signal?.removeEventListener("abort", abort);
			outgoing?.destroy();
		};
		const finish = (answer: HttpAnswer): void => {
			settle();
			resolve(answer);
		};
		const abort = (): void => {
			settle();
			reject(request.signal?.reason);
		};
		const timer = setTimeout(
			() => finish({ kind: "timeout", reason: `${progress} within ${request.timeoutMs} ms` }),
			request.timeoutMs,
		);
		try {
			outgoing = transport.get({
				host: request.address,
				port: endpoint.port,
				path: url.pathname,
				// Node takes the TLS server name from the `host` header, so the header must have the endpoint's host, not an address.
				headers: { accept: "application/json", ...request.headers, host: url.host },
				agent: false,
			});
		} catch (error) {
			// For example, Node throws for a token with characters that are not allowed in a header.
			return finish({ kind: "failed", error: error as NodeJS.ErrnoException });
		}
		request.signal?.addEventListener("abort", abort, { once: true });
		outgoing.on("socket", (socket) =>
			socket.once("connect", () => {
				progress = "connected, but no complete response";
			}),
		);
		outgoing.on("error", (error) => finish({ kind: "failed", error }));
		outgoing.on("response", (response) => {
			progress = "headers, but no complete body";
			const status = response.statusCode ?? 0;
			const contentType = response.headers["content-type"] ?? "";
			const chunks: Buffer[] = [];
			let sizeBytes = 0;
			response.on("data", (chunk: Buffer) => {
				chunks.push(chunk);
				sizeBytes += chunk.length;
				if (sizeBytes > MAX_BODY_BYTES) finish({ kind: "too-large", status, contentType });
			});
			response.on("error", (error) => finish({ kind: "failed", error }));
			response.on("end", () => {
				const body = Buffer.concat(chunks).toString("utf8");
				finish({ kind: "response", status, statusText: response.statusMessage ?? "", contentType, body });
			});
		});
	});
}
