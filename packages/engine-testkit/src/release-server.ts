import http from "node:http";
import https from "node:https";
import { serveHttpOverSockets } from "./http-over-sockets.ts";
import { chooseAnswer } from "./release-answer.ts";
import { type FaultRule, takeFaults } from "./release-fault.ts";
import { describeFile, type ReleaseFile } from "./release-files.ts";
import { sendAnswer } from "./send-answer.ts";
import type { ServeOptions, TestServer } from "./test-server.ts";

/** The files of a release server, and the faults of its answers. */
export interface ReleaseOptions extends ServeOptions {
	/**
	 * The files by their path below the base, such as `rivet/2.3.19/engine/SHA256SUMS`; other paths are a 404.
	 * A file is looked up for each request, so replacing an entry replaces the file.
	 */
	readonly files: Readonly<Record<string, ReleaseFile>>;
	/** Looked up for each request. @defaultValue none */
	readonly faults?: readonly FaultRule[];
	/** The path of the base, such as `/mirrors/rivet`. @defaultValue the root */
	readonly basePath?: string;
	/** PEM; with it, the server speaks HTTPS. */
	readonly tls?: { readonly key: string; readonly cert: string };
}

/** A server of releases. Its `url` is the base, without a slash at its end. */
export interface ReleaseServer extends TestServer {
	/** The bytes of bodies sent so far, without headers and the framing of chunks. */
	readonly bytesSent: number;
}

/**
 * Serves release files as a good static server does: with a length, validators, single ranges and
 * `If-Range`, and in the ways that `faults` ask for as a bad one or a bad network does.
 */
export async function serveRelease(options: ReleaseOptions): Promise<ReleaseServer> {
	const { basePath = "", tls } = options;
	const used = new Map<FaultRule, number>();
	const answering = new Set<Promise<void>>();
	let serial = 0;
	let bytesSent = 0;

	const answer = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
		const gone = new AbortController();
		response.once("close", () => gone.abort());
		// A write to a client that has just gone is no failure of a test.
		response.on("error", () => {});
		serial += 1;
		const asked = { url: request.url ?? "", headers: request.headers, serial };
		const path = pathBelow(basePath, asked.url);
		const faults = takeFaults(options.faults ?? [], used, path, request.headers);
		const source = Object.hasOwn(options.files, path) ? options.files[path] : undefined;
		const file = source === undefined ? undefined : await describeFile(source);
		await sendAnswer(response, chooseAnswer(asked, file, faults), faults, {
			gone: gone.signal,
			count: (bytes) => {
				bytesSent += bytes;
			},
			reset: () => listening.resetConnection(request.socket),
		});
	};
	const handle = (request: http.IncomingMessage, response: http.ServerResponse): void => {
		const done = answer(request, response)
			.catch((error: unknown) => {
				if (response.headersSent) response.destroy();
				else response.writeHead(500).end(String(error));
			})
			.finally(() => answering.delete(done));
		answering.add(done);
	};
	const server = tls === undefined ? http.createServer(handle) : https.createServer(tls, handle);
	const listening = await serveHttpOverSockets(server, options);
	return {
		port: listening.port,
		url: `${listening.url}${basePath}`,
		requests: listening.requests,
		get bytesSent() {
			return bytesSent;
		},
		async [Symbol.asyncDispose]() {
			await listening[Symbol.asyncDispose]();
			// Their files may be on a folder that is removed next.
			await Promise.all(answering);
		},
	};
}

function pathBelow(basePath: string, url: string): string {
	const [path = ""] = url.split("?");
	return path.startsWith(`${basePath}/`) ? path.slice(basePath.length + 1) : path;
}
