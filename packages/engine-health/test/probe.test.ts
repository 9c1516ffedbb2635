import { once } from "node:events";
import net from "node:net";
import os from "node:os";
import {
	freePortTriple,
	type ServeOptions,
	serveClosing,
	serveDrip,
	serveEndless,
	serveGarbage,
	serveHalfHeaders,
	serveHtml,
	serveRequests,
	serveRuntime,
	serveSilent,
	serveStatus,
	type TestServer,
} from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { type ProbeResult, probeEngine } from "../src/index.ts";
import { bindsFreely } from "../src/probe/binds-freely.ts";
import { healthy, serveEngine } from "./engine-server.ts";

const engine = { kind: "engine", health: { runtime: "engine", status: "ok", version: "2.3.19" } };
const addresses = Object.values(os.networkInterfaces()).flatMap((each) => each ?? []);

describe("B24 the server at an endpoint", () => {
	test("is missing: the endpoint is free", async () => {
		expect(await probeEngine(`http://127.0.0.1:${await freePortTriple()}`)).toEqual({ kind: "free" });
	});

	test("is an engine", async () => {
		await using server = await serveEngine();
		expect(await probeEngine(server.url)).toMatchObject(engine);
	});

	test.each<[string, () => Promise<TestServer>, Partial<ProbeResult>]>([
		["rivetkit", () => serveRuntime("rivetkit"), { kind: "foreign", runtime: "rivetkit" }],
		["a runtime without a name", () => serveRuntime(undefined), { kind: "foreign", runtime: "unknown" }],
		["a server that is out of order", () => serveStatus(503), { kind: "unhealthy", status: 503 }],
		["a server without /health", () => serveStatus(404), { kind: "not-an-engine", status: 404 }],
		["a web server", () => serveHtml(), { kind: "not-an-engine", status: 200 }],
		["a server that never stops sending", () => serveEndless(), { kind: "not-an-engine", status: 200 }],
		["a server that does not speak HTTP", () => serveGarbage(), { kind: "not-an-engine", status: undefined }],
		[
			"a server that hangs up",
			() => serveClosing(),
			{ kind: "unresponsive", reason: "it closed the connection" },
		],
	])("is %s", async (_, serve, expected) => {
		await using server = await serve();
		// The limit is longer than the test's timeout, so that no result comes from the limit.
		expect(await probeEngine(server.url, { timeoutMs: 60_000 })).toMatchObject(expected);
	});

	test.each<[string, (options?: ServeOptions) => Promise<TestServer>, string]>([
		["says nothing", serveSilent, "connected, but no complete response within 500 ms"],
		[
			"stops in the middle of a header",
			serveHalfHeaders,
			"connected, but no complete response within 500 ms",
		],
		["sends a byte now and then", serveDrip, "headers, but no complete body within 500 ms"],
	])("is undecided, not gone, if it %s within the limit", async (_, serve, reason) => {
		await using server = await serve();
		expect(await probeEngine(server.url, { timeoutMs: 500 })).toEqual({ kind: "unresponsive", reason });
	});

	test("is undecided if it ends its answer too early", async () => {
		await using server = await serveRequests((_, response) => {
			response.writeHead(200, { "content-length": "100" });
			response.write("{", () => response.destroy());
		});
		expect(await probeEngine(server.url)).toEqual({
			kind: "unresponsive",
			reason: "it closed the connection",
		});
	});

	test("a redirect is not followed", async () => {
		await using target = await serveEngine();
		await using server = await serveRequests((_, response) => {
			response.writeHead(302, { location: `${target.url}/health` }).end();
		});
		expect(await probeEngine(server.url)).toMatchObject({ kind: "not-an-engine", status: 302 });
		expect(target.requests).toEqual([]);
	});

	test("is an engine even if it breaks off on /metadata", async () => {
		await using server = await serveRequests((request, response) => {
			if (request.url === "/health") response.end(JSON.stringify(healthy[1]));
			else response.destroy();
		});
		expect(await probeEngine(server.url)).toMatchObject(engine);
	});

	const external = addresses.find(({ family, internal }) => family === "IPv4" && !internal)?.address;
	test.runIf(external)(
		"is unreachable if no server is at an address that is not loopback: it may be another machine's",
		async () => {
			const result = await probeEngine(`http://${external}:${await freePortTriple()}`);
			expect(result).toEqual({ kind: "unreachable", reason: "connection refused" });
		},
	);

	test("is unreachable, with the reason, at an address that TCP cannot reach", async () => {
		const result = await probeEngine("http://224.0.0.1:6420", { timeoutMs: 60_000 });
		expect(result).toMatchObject({ kind: "unreachable", reason: expect.stringContaining("ENETUNREACH: ") });
	});

	test("is unreachable, with the reason, if its name does not exist", async () => {
		// A label may have at most 63 characters, so no name server is asked.
		const result = await probeEngine(`http://${"x".repeat(64)}.invalid:6420`, { timeoutMs: 60_000 });
		expect(result).toMatchObject({ kind: "unreachable", reason: expect.stringContaining("ENOTFOUND") });
	});

	test("is not an engine if it does not speak TLS at an https endpoint, and Node does not warn", async () => {
		const warnings: Error[] = [];
		const remember = (warning: Error): void => void warnings.push(warning);
		process.on("warning", remember);
		try {
			await using server = await serveEngine();
			const result = await probeEngine(server.url.replace("http:", "https:"));
			expect(result).toMatchObject({ kind: "not-an-engine", reason: expect.stringContaining("TLS") });
			expect(warnings).toEqual([]);
		} finally {
			process.off("warning", remember);
		}
	});

	test("is not probed if the endpoint is invalid: that is an error", async () => {
		await expect(probeEngine("127.0.0.1:6420")).rejects.toMatchObject({ code: "invalid_endpoint" });
	});
});

describe("B24 the bind test", () => {
	test("distinguishes a held port from a free port", async () => {
		const port = await freePortTriple();
		expect(await bindsFreely("127.0.0.1", port)).toBe(true);
		await using _ = await serveSilent({ port });
		expect(await bindsFreely("127.0.0.1", port)).toBe(false);
	});

	test.runIf(process.platform === "linux")(
		"takes a port that refuses connections and cannot be bound for undecided, not free",
		async () => {
			await using server = await serveSilent();
			// The kernel gave this port to an outgoing connection: no process listens there, and none can.
			const client = net.connect(server.port, "127.0.0.1");
			await once(client, "connect");
			expect(await probeEngine(`http://127.0.0.1:${client.localPort}`)).toEqual({
				kind: "unresponsive",
				reason: "it refuses connections, yet something holds the port",
			});
			client.destroy();
		},
	);
});

describe("B24 an abort ends a probe", () => {
	test("before it starts, without a request", async () => {
		await using server = await serveEngine();
		const reason = new Error("enough");
		await expect(probeEngine(server.url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
		expect(server.requests).toEqual([]);
	});

	test("while it waits for an answer", async () => {
		const controller = new AbortController();
		const reason = new Error("enough");
		await using server = await serveRequests(() => controller.abort(reason));
		const probe = probeEngine(server.url, { signal: controller.signal, timeoutMs: 60_000 });
		await expect(probe).rejects.toBe(reason);
	});
});
