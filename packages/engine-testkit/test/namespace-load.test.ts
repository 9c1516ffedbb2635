import type { IncomingMessage, ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { readNamespaces, serveRequests, startWriters, type TestServer } from "../src/index.ts";
import { summarizeWrites } from "../src/summarize-writes.ts";

describe("writers of namespaces", () => {
	test("remember every name that was acknowledged, and no other", async () => {
		await using server = await serveNamespaces();
		const load = startWriters({ endpoints: [server.url], token: "secret" });
		await load.untilAcknowledged(20);
		const { acknowledged, attempts, failures, lastFailure } = await load.stop();
		expect([...acknowledged].sort()).toEqual([...server.names].sort());
		expect(new Set(acknowledged).size).toBe(acknowledged.length);
		expect(acknowledged.filter((name) => !/^[a-z0-9-]+$/.test(name))).toEqual([]);
		expect({ attempts, failures, lastFailure }).toEqual({
			attempts: acknowledged.length,
			failures: 0,
			lastFailure: undefined,
		});
		expect(new Set(server.requests.map(({ headers }) => headers.authorization))).toEqual(
			new Set(["Bearer secret"]),
		);
	});

	test.each<[string, Handler]>([
		[
			"a refusal",
			async (request, response) =>
				response.writeHead(500).end(JSON.stringify({ namespace: await json(request) })),
		],
		["another name", (_, response) => response.end(`{"namespace":{"name":"x"}}`)],
		["no JSON", (_, response) => response.end("<html>")],
		["a connection that ends", (_, response) => response.destroy()],
		[
			"half an answer",
			(_, response) => response.writeHead(200, { "content-length": 9 }).write("{", () => response.destroy()),
		],
		["no answer in time", () => {}],
	])("take %s for a failure, and go on to the next endpoint", async (_title, answer) => {
		await using bad = await serveRequests(answer);
		await using good = await serveNamespaces();
		const endpoints = [bad.url, good.url];
		// The good one may take its time on a busy machine.
		const timeoutMs = (endpoint: string) => (endpoint === bad.url ? 100 : 3_600_000);
		const load = startWriters({ endpoints, writers: 1, timeoutMs, pauseMs: 0 });
		await load.untilAcknowledged(3);
		const { attempts, failures, lastFailure } = await load.stop();
		expect(bad.requests).toHaveLength(1);
		expect(failures).toBe(1);
		expect(attempts).toBe(good.requests.length + 1);
		expect(lastFailure).toEqual(expect.any(String));
	});

	test("ask again for the endpoints before every write", async () => {
		await using first = await serveNamespaces();
		await using second = await serveNamespaces();
		let endpoints: readonly string[] = [];
		const load = startWriters({ endpoints: () => endpoints, writers: 2, pauseMs: 1 });
		endpoints = [first.url];
		await load.untilAcknowledged(4);
		endpoints = [second.url];
		await load.pauseSince(performance.now());
		expect(second.names.length).toBeGreaterThan(0);
		expect(await load.stop()).toMatchObject({ failures: 2, lastFailure: "There is no endpoint." });
	});

	test("tell the pause until a write that began after a moment is acknowledged", async () => {
		let letGo = (): void => {};
		const held = new Promise<void>((resolve) => {
			letGo = resolve;
		});
		await using server = await serveNamespaces({ before: (count) => (count === 1 ? held : undefined) });
		const load = startWriters({ endpoints: [server.url], writers: 1 });
		await server.asked;
		const moment = performance.now();
		const pause = load.pauseSince(moment);
		letGo();
		const pauseMs = await pause;
		const [first, second] = load.acknowledged;
		expect(first?.startedAt).toBeLessThan(moment);
		expect(first?.acknowledgedAt).toBeGreaterThan(moment);
		expect(pauseMs).toBe((second?.acknowledgedAt ?? 0) - moment);
		await load.stop();
		expect(await load.pauseSince(moment)).toBe(pauseMs);
		await expect(load.pauseSince(performance.now())).rejects.toThrow("The load ended before.");
	});

	test("end at once when they are aborted, with the requests that are on their way", async () => {
		await using server = await serveNamespaces({ before: () => new Promise(() => {}) });
		const abort = new AbortController();
		await using load = startWriters({ endpoints: [server.url], timeoutMs: 3_600_000, signal: abort.signal });
		await server.asked;
		const waits = expect(load.untilAcknowledged(1)).rejects.toThrow("The load ended before.");
		abort.abort();
		await waits;
		expect(await load.stop()).toMatchObject({ acknowledged: [], attempts: 4, failures: 4 });
	});
});

describe("the summary of a load", () => {
	test.each<[string, readonly number[], number]>([
		["before the first acknowledgement", [1600, 1700], 600],
		["between two", [1100, 1800, 1900], 700],
		["after the last", [1100, 1200], 800],
		["without any", [], 1000],
	])("tells the longest pause, %s", (_title, times, longestPauseMs) => {
		const writes = times.map((acknowledgedAt) => ({
			name: `n-${acknowledgedAt}`,
			startedAt: 0,
			acknowledgedAt,
		}));
		const load = { startedAt: 1000, endedAt: 2000, writes, attempts: 5, lastFailure: "Why." };
		expect(summarizeWrites(load)).toEqual({
			acknowledged: times.map((time) => `n-${time}`),
			attempts: 5,
			failures: 5 - times.length,
			lastFailure: "Why.",
			longestPauseMs,
			acknowledgedPerSecond: times.length,
		});
	});
});

describe("reading namespaces", () => {
	test("gives all of them, also where there are more than an engine tells at once", async () => {
		const names = Array.from({ length: 4001 }, (_, index) => `n-${index}`);
		await using server = await serveNamespaces({ names });
		expect([...(await readNamespaces(server.url, "secret"))].sort()).toEqual([...names].sort());
		expect(server.requests.map(({ url }) => url)).toEqual([
			"/namespaces?limit=1000",
			"/namespaces?limit=4000",
			"/namespaces?limit=16000",
		]);
		expect(server.requests[0]?.headers.authorization).toBe("Bearer secret");
	});

	test("fails where the answer is none", async () => {
		await using server = await serveRequests((_, response) => response.writeHead(503).end("{}"));
		await expect(readNamespaces(server.url)).rejects.toThrow("answered 503 {}");
	});
});

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

interface NamespacesServer extends TestServer {
	readonly names: readonly string[];
	/** Resolves at the first request to create one. */
	readonly asked: Promise<void>;
}

/** Serves namespaces as the engine does, which ignores its own cursor. */
async function serveNamespaces(
	options: { readonly names?: readonly string[]; before?(count: number): Promise<void> | undefined } = {},
): Promise<NamespacesServer> {
	const names = [...(options.names ?? [])];
	let count = 0;
	let tellAsked = (): void => {};
	const asked = new Promise<void>((resolve) => {
		tellAsked = resolve;
	});
	const create: Handler = async (request, response) => {
		const { name } = (await json(request)) as { readonly name: string };
		tellAsked();
		await options.before?.(++count);
		names.push(name);
		response.end(JSON.stringify({ namespace: { name } }));
	};
	const list: Handler = (request, response) => {
		const limit = Number(new URL(request.url ?? "", "http://x").searchParams.get("limit"));
		const namespaces = names.slice(0, limit).map((name) => ({ name }));
		response.end(JSON.stringify({ namespaces, pagination: { cursor: "1795710450578" } }));
	};
	const server = await serveRequests((request, response) => {
		(request.method === "POST" ? create : list)(request, response);
	});
	return { ...server, names, asked };
}
