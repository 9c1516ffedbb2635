import os from "node:os";
import { freePortTriple } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { probeEngine } from "../src/index.ts";
import { serveEngine } from "./engine-server.ts";

const engine = { kind: "engine", health: { runtime: "engine", status: "ok", version: "2.3.19" } };
const addresses = Object.values(os.networkInterfaces()).flatMap((each) => each ?? []);

describe("B9 the addresses to which a probe connects", () => {
	test("are 127.0.0.1 for 0.0.0.0", async () => {
		await using server = await serveEngine();
		expect(await probeEngine(`http://0.0.0.0:${server.port}`)).toMatchObject(engine);
	});

	test("are first 127.0.0.1 for localhost", async () => {
		await using server = await serveEngine();
		expect(await probeEngine(`http://localhost:${server.port}`)).toMatchObject(engine);
		expect(await probeEngine(`http://rivet.localhost:${server.port}`)).toMatchObject(engine);
	});

	test("are free for localhost without a listener", async () => {
		expect(await probeEngine(`http://localhost:${await freePortTriple()}`)).toEqual({ kind: "free" });
	});

	describe.runIf(addresses.some(({ address }) => address === "::1"))("on a machine with IPv6", () => {
		test("are ::1 after 127.0.0.1 for localhost", async () => {
			const port = await freePortTriple();
			await using _ = await serveEngine(undefined, { port, host: "::1" });
			expect(await probeEngine(`http://localhost:${port}`)).toMatchObject(engine);
		});

		test("are ::1 for ::", async () => {
			await using server = await serveEngine(undefined, { host: "::1" });
			expect(await probeEngine(`http://[::]:${server.port}`)).toMatchObject(engine);
			expect(await probeEngine(`http://[::1]:${server.port}`)).toMatchObject(engine);
		});

		test("include ::1, which may be free while 127.0.0.1 is not", async () => {
			const port = await freePortTriple();
			await using _ = await serveEngine(undefined, { port });
			expect(await probeEngine(`http://[::1]:${port}`)).toEqual({ kind: "free" });
		});
	});
});

describe("B10 the request of a probe", () => {
	test("keeps the path, and has no credentials", async () => {
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

	test("has the endpoint's host header, even if the probe connects to another address", async () => {
		await using server = await serveEngine();
		await probeEngine(`http://rivet.localhost:${server.port}`);
		expect(server.requests[0]?.headers.host).toBe(`rivet.localhost:${server.port}`);
	});
});
