import { type ServeOptions, serveRequests, type TestServer } from "@rivetkit/engine-testkit";

/** The answer of a server to a request for a path. */
export type Reply = readonly [status: number, body: object];

/** The answer of an engine to /health. */
export const healthy: Reply = [200, { runtime: "engine", status: "ok", version: "2.3.19" }];

/** Serves a guard in this process. `health` is called for each request for /health, with the number of the request. */
export async function serveEngine(
	health: (attempt: number) => Reply = () => healthy,
	options?: ServeOptions,
): Promise<TestServer> {
	let attempt = 0;
	return await serveRequests((request, response) => {
		const [status, body] = request.url?.endsWith("/health") ? health(++attempt) : [200, {}];
		response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
	}, options);
}
