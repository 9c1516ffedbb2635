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
import { bindsFreely } from "../src/bind-test.ts";
import { type ProbeResult, probeEngine } from "../src/index.ts";
import { healthy, serveEngine } from "./engine-server.ts";

const engine = { kind: "engine", health: { runtime: "engine", status: "ok", version: "2.3.19" } };
const addresses = Object.values(os.networkInterfaces()).flatMap((each) => each ?? []);

describe("B24 who answers at an endpoint", () => {
	test("nobody: it is free", async () => {
		expect(await probeEngine(`http://127.0.0.1:${await freePortTriple()}`)).toEqual({ kind: "free" });
	});

	test("an engine", async () => {
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
	])("%s", async (_, serve, expected) => {
		await using server = await serve();
		// Longer than a test may take, so that no result comes from a timeout.
		expect(await probeEngine(server.url, { timeoutMs: 60_000 })).toMatchObject(expected);
	});

	test.each<[string, (options?: ServeOptions) => Promise<TestServer>, string]>([
		["says nothing", serveSilent, "connected, but no complete response within 80 ms"],
		["stops in the middle of a header", serveHalfHeaders, "connected, but no complete response within 80 ms"],
		["sends a byte now and then", serveDrip, "headers, but no complete body within 80 ms"],
	])("somebody who %s in time is undecided, not gone", async (_, serve, reason) => {
		await using server = await serve();
		expect(await probeEngine(server.url, { timeoutMs: 80 })).toEqual({ kind: "unresponsive", reason });
	});

	test("a server that ends its answer too early is undecided", async () => {
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

	test("an engine whose /metadata is slow is an engine", async () => {
		await using server = await serveRequests((request, response) => {
			if (request.url === "/health") response.end(JSON.stringify(healthy[1]));
		});
		expect(await probeEngine(server.url, { timeoutMs: 300 })).toMatchObject(engine);
	});

	test("nobody at an address that this machine cannot bind is unreachable, not free", async () => {
		const port = await freePortTriple();
		const external = addresses.find(({ family, internal }) => family === "IPv4" && !internal);
		const host = external?.address ?? "0.0.0.1";
		expect(await probeEngine(`http://${host}:${port}`)).toMatchObject({ kind: "unreachable" });
	});

	test("an address that cannot be connected to is unreachable, with the reason", async () => {
		const result = await probeEngine("http://0.0.0.1:6420", { timeoutMs: 60_000 });
		expect(result).toMatchObject({ kind: "unreachable", reason: expect.stringMatching(/^E[A-Z]+: /) });
	});

	test("a server that speaks no TLS is unreachable by https, and Node does not warn", async () => {
		const warnings: Error[] = [];
		const remember = (warning: Error): void => void warnings.push(warning);
		process.on("warning", remember);
		await using server = await serveEngine();
		const result = await probeEngine(server.url.replace("http:", "https:"));
		expect(result).toMatchObject({ kind: "unreachable" });
		expect(warnings).toEqual([]);
		process.off("warning", remember);
	});

	test("an endpoint that makes no sense is the only error", async () => {
		await expect(probeEngine("127.0.0.1:6420")).rejects.toMatchObject({ code: "invalid_endpoint" });
	});
});

describe("B24 the bind test", () => {
	test("tells a held port from a free one, also while nobody asks", async () => {
		const port = await freePortTriple();
		expect(await bindsFreely("127.0.0.1", port)).toBe(true);
		await using _ = await serveSilent({ port });
		expect(await bindsFreely("127.0.0.1", port)).toBe(false);
	});
});

describe("B24 the end of a probe by its signal", () => {
	test("before it began: no request", async () => {
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

describe("B9 the addresses that are asked", () => {
	test("for 0.0.0.0 it is 127.0.0.1", async () => {
		await using server = await serveEngine();
		expect(await probeEngine(`http://0.0.0.0:${server.port}`)).toMatchObject(engine);
	});

	test("for localhost it is 127.0.0.1", async () => {
		await using server = await serveEngine();
		expect(await probeEngine(`http://localhost:${server.port}`)).toMatchObject(engine);
		expect(await probeEngine(`http://rivet.localhost:${server.port}`)).toMatchObject(engine);
	});

	test("for localhost without a listener it is free", async () => {
		expect(await probeEngine(`http://localhost:${await freePortTriple()}`)).toEqual({ kind: "free" });
	});

	describe.runIf(addresses.some(({ address }) => address === "::1"))("on a machine with IPv6", () => {
		test("for localhost it is ::1 after 127.0.0.1", async () => {
			const port = await freePortTriple();
			await using _ = await serveEngine(undefined, { port, host: "::1" });
			expect(await probeEngine(`http://localhost:${port}`)).toMatchObject(engine);
		});

		test("for :: it is ::1", async () => {
			await using server = await serveEngine(undefined, { host: "::1" });
			expect(await probeEngine(`http://[::]:${server.port}`)).toMatchObject(engine);
			expect(await probeEngine(`http://[::1]:${server.port}`)).toMatchObject(engine);
		});

		test("::1 is free while 127.0.0.1 is not", async () => {
			const port = await freePortTriple();
			await using _ = await serveEngine(undefined, { port });
			expect(await probeEngine(`http://[::1]:${port}`)).toEqual({ kind: "free" });
		});
	});
});

describe("B10 what is asked", () => {
	test("the path is kept, credentials are not sent", async () => {
		await using server = await serveEngine();
		const result = await probeEngine(`http://default:s3cr3t@127.0.0.1:${server.port}/engine/`);
		expect(result).toMatchObject(engine);
		expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
			"GET /engine/health",
			"GET /engine/metadata",
		]);
		expect(JSON.stringify(server.requests)).not.toContain("s3cr3t");
		expect(server.requests[0]?.headers).not.toHaveProperty("authorization");
	});

	test("the host header is the endpoint's, whatever address is asked", async () => {
		await using server = await serveEngine();
		await probeEngine(`http://rivet.localhost:${server.port}`);
		expect(server.requests[0]?.headers.host).toBe(`rivet.localhost:${server.port}`);
	});
});
