import { spawn } from "node:child_process";
import { once } from "node:events";
import {
	createFakeEngine,
	expectEngineError,
	freePortTriple,
	serveHtml,
	serveRequests,
	serveRuntime,
	serveSilent,
	serveStatus,
} from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { waitForEngine } from "../src/index.ts";
import { healthy, serveEngine } from "./engine-server.ts";

/** Limits longer than a test's timeout: a wait with them never runs out of time. */
const patient = { timeoutMs: 120_000, requestTimeoutMs: 120_000 } as const;

describe("B32 a wait for an engine", () => {
	test("ends at once if the engine answers already", async () => {
		await using server = await serveEngine();
		expect(await waitForEngine(server.url)).toMatchObject({ runtime: "engine", version: "2.3.19" });
		expect(server.requests.map(({ url }) => url)).toEqual(["/health", "/metadata"]);
	});

	test("goes on while the engine refuses connections", async () => {
		await using engine = await createFakeEngine({ healthyAfterMs: 150, version: "2.3.11" });
		const port = await freePortTriple();
		const child = spawn(engine.path, ["start"], {
			stdio: "ignore",
			env: { ...process.env, RIVET__GUARD__PORT: String(port) },
		});
		const exited = once(child, "exit");
		expect(await waitForEngine(`http://127.0.0.1:${port}`, patient)).toMatchObject({ version: "2.3.11" });
		child.kill();
		await exited;
	});

	test.each([
		["is out of order", 503],
		["does not know /health", 404],
	])("goes on while the server %s", async (_, status) => {
		await using server = await serveEngine((attempt) => (attempt < 4 ? [status, {}] : healthy));
		expect(await waitForEngine(server.url, patient)).toMatchObject({ version: "2.3.19" });
		expect(server.requests.filter(({ url }) => url === "/health")).toHaveLength(4);
	});

	test("does not end after a single slow answer", async () => {
		await using server = await serveRequests((_, response) => {
			if (server.requests.length > 1) response.end(JSON.stringify(healthy[1]));
		});
		expect(await waitForEngine(server.url, { ...patient, requestTimeoutMs: 200 })).toMatchObject({
			version: "2.3.19",
		});
	});

	test("goes on at the api-peer port of an engine", async () => {
		const notFound = { group: "api", code: "not_found", message: "Not found." };
		const enough = new AbortController();
		await using server = await serveRequests((request, response) => {
			if (server.requests.length > 6) enough.abort("it was asked often enough");
			const [status, body] = request.url === "/health" ? healthy : ([404, notFound] as const);
			response.writeHead(status).end(JSON.stringify(body));
		});
		const waiting = waitForEngine(server.url, { ...patient, signal: enough.signal });
		await expect(waiting).rejects.toBe("it was asked often enough");
	});
});

describe("B32 a wait whose time is up", () => {
	test("reports the number of attempts, the last answer, and what to do", async () => {
		await using server = await serveStatus(503);
		const error = await expectEngineError(
			waitForEngine(server.url, { timeoutMs: 300 }),
			"health_check_failed",
		);
		const attempts = Number(error.metadata["attempts"]);
		expect(attempts).toBeGreaterThan(0);
		expect(error.metadata).toMatchObject({
			endpoint: server.url,
			timeoutMs: 300,
			hint: "Read the engine's log, or wait longer with `timeoutMs`.",
		});
		// Time may be up while the last of them waits for its answer.
		const [before, last = ""] = error.message.split(": ", 2);
		expect(before).toBe(`Engine health check failed after ${attempts} attempts`);
		expect(last).toMatch(/^(unexpected status 503|connected, but no complete response within \d+ ms)$/);
	});

	test("reports that no server is there", async () => {
		const endpoint = `http://127.0.0.1:${await freePortTriple()}`;
		const waiting = waitForEngine(endpoint, { timeoutMs: 200 });
		const error = await expectEngineError(waiting, "health_check_failed");
		expect(error.metadata).toMatchObject({
			endpoint,
			reason: "connection refused",
			hint: "Start an engine at this endpoint, or correct the endpoint.",
		});
	});

	test("ends a request that could take longer", async () => {
		await using server = await serveSilent();
		const waiting = waitForEngine(server.url, { timeoutMs: 100, requestTimeoutMs: 120_000 });
		const error = await expectEngineError(waiting, "health_check_failed");
		expect(error.message).toMatch(/ within \d+ ms$/);
	});
});

describe("B32 an answer that no wait can change ends the wait at once", () => {
	test("if it comes from another runtime", async () => {
		await using server = await serveRuntime("rivetkit");
		const error = await expectEngineError(waitForEngine(server.url, patient), "port_occupied");
		expect(error.message).toBe(
			`Cannot start engine: endpoint '${server.url}' is already serving runtime 'rivetkit'. Stop that process and retry.`,
		);
		expect(error.metadata).toMatchObject({
			endpoint: server.url,
			hint: expect.stringContaining("guard port"),
		});
		expect(server.requests).toHaveLength(1);
	});

	test("if it is a 200 without JSON", async () => {
		await using server = await serveHtml();
		const error = await expectEngineError(waitForEngine(server.url, patient), "health_check_failed");
		expect(error.message).toContain("after 1 attempts: it answers /health with text/html");
		expect(error.metadata).toMatchObject({
			endpoint: server.url,
			hint: expect.stringContaining("guard port"),
		});
		expect(server.requests).toHaveLength(1);
	});

	test("with an error that does not hold the credentials of the endpoint", async () => {
		await using server = await serveRuntime(undefined);
		const waiting = waitForEngine(`http://default:s3cr3t@127.0.0.1:${server.port}`, patient);
		const error = await expectEngineError(waiting, "port_occupied");
		expect(JSON.stringify([error.message, error.metadata])).not.toContain("s3cr3t");
	});
});

describe("B32 an engine that `accept` refuses", () => {
	test("does not end the wait; the next engine, which is accepted, does", async () => {
		await using server = await serveEngine((attempt) => [
			200,
			{ runtime: "engine", version: `0.0.${attempt}` },
		]);
		const asked: unknown[] = [];
		const health = await waitForEngine(server.url, {
			...patient,
			accept: async ({ version }) => {
				asked.push(version);
				return version === "0.0.3";
			},
		});
		expect(health.version).toBe("0.0.3");
		expect(asked).toEqual(["0.0.1", "0.0.2", "0.0.3"]);
	});

	test("is named when the time is up", async () => {
		await using server = await serveEngine();
		const waiting = waitForEngine(server.url, { timeoutMs: 200, accept: () => false });
		const error = await expectEngineError(waiting, "health_check_failed");
		expect(error.message).toContain("an engine answers, but not the one that was waited for");
	});

	test("ends the wait with the error that `accept` throws", async () => {
		await using server = await serveEngine();
		const reason = new Error("cannot look");
		await expect(
			waitForEngine(server.url, { ...patient, accept: () => Promise.reject(reason) }),
		).rejects.toBe(reason);
	});
});
