import http from "node:http";

/** A request, and its time limit. */
export interface JsonRequest {
	/** @defaultValue `GET` */
	readonly method?: string;
	/** Sent as JSON. */
	readonly body?: unknown;
	/** Sent as `Authorization: Bearer`. */
	readonly token?: string | undefined;
	/** The limit for the whole answer, in milliseconds. @defaultValue 5000 */
	readonly timeoutMs?: number | undefined;
	/** @defaultValue a connection of its own */
	readonly agent?: http.Agent;
	readonly signal?: AbortSignal | undefined;
}

/** Asks an HTTP server, and returns the status and the parsed body. Rejects if no whole answer comes. */
export async function requestJson(
	url: URL,
	request: JsonRequest = {},
): Promise<{ readonly status: number; readonly body: unknown }> {
	const { method = "GET", body, token, timeoutMs = 5000, agent = false, signal } = request;
	const headers = {
		...(body === undefined ? {} : { "content-type": "application/json" }),
		...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
	};
	return await new Promise((resolve, reject) => {
		const sent = http.request(url, { method, headers, agent, ...(signal === undefined ? {} : { signal }) });
		const timer = setTimeout(
			() => sent.destroy(new Error(`No answer from ${url.host} within ${timeoutMs} ms.`)),
			timeoutMs,
		);
		sent.once("close", () => clearTimeout(timer));
		sent.once("error", reject);
		sent.once("response", (response) => {
			let text = "";
			response.setEncoding("utf8").on("data", (chunk: string) => {
				text += chunk;
			});
			response.once("error", reject);
			response.once("end", () => {
				try {
					resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) });
				} catch (error) {
					reject(new Error(`${url.host} answered no JSON: ${text.slice(0, 200)}`, { cause: error }));
				}
			});
		});
		sent.end(body === undefined ? undefined : JSON.stringify(body));
	});
}

/** Returns the URL of a path below an endpoint, which may have a path of its own. */
export function below(endpoint: string, path: string): URL {
	return new URL(path, endpoint.endsWith("/") ? endpoint : `${endpoint}/`);
}
