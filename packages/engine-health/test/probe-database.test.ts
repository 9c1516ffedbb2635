import {
	freePortTriple,
	serveEndless,
	serveRequests,
	serveSilent,
	serveStatus,
} from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { probeDatabase } from "../src/index.ts";
import { serveEngine } from "./engine-server.ts";

describe("B10 an engine's database", () => {
	test("answers; the token is sent to /namespaces as a Bearer token, and nowhere else", async () => {
		await using server = await serveEngine();
		const endpoint = `http://default:s3%2Fcr3t@127.0.0.1:${server.port}`;
		expect(await probeDatabase(endpoint)).toEqual({ kind: "answers" });
		expect(server.requests).toHaveLength(1);
		expect(server.requests[0]).toMatchObject({
			method: "GET",
			url: "/namespaces",
			headers: { authorization: "Bearer s3/cr3t", host: `127.0.0.1:${server.port}` },
		});
	});

	test("is requested without a token if no token is known", async () => {
		await using server = await serveEngine();
		expect(await probeDatabase(`http://default@127.0.0.1:${server.port}`)).toEqual({ kind: "answers" });
		expect(server.requests[0]?.headers).not.toHaveProperty("authorization");
	});

	test.each([401, 403])("is unauthorized by status %i", async (status) => {
		await using server = await serveStatus(status);
		expect(await probeDatabase(server.url)).toEqual({ kind: "unauthorized" });
	});

	test.each([404, 500])("is failing by status %i", async (status) => {
		await using server = await serveStatus(status);
		expect(await probeDatabase(server.url)).toEqual({
			kind: "failing",
			reason: `unexpected status ${status}`,
		});
	});

	test("answers with a long list, but not with a long error page", async () => {
		await using list = await serveEndless();
		expect(await probeDatabase(list.url)).toEqual({ kind: "answers" });
		await using page = await serveStatus(500, "x".repeat(100_000));
		expect(await probeDatabase(page.url)).toEqual({ kind: "failing", reason: "unexpected status 500" });
	});

	test("is failing if the engine does not answer in time", async () => {
		await using server = await serveSilent();
		expect(await probeDatabase(server.url, { timeoutMs: 500 })).toEqual({
			kind: "failing",
			reason: "connected, but no complete response within 500 ms",
		});
	});

	test("is failing if no engine is there", async () => {
		const result = await probeDatabase(`http://127.0.0.1:${await freePortTriple()}`);
		expect(result).toEqual({ kind: "failing", reason: expect.stringContaining("ECONNREFUSED") });
	});

	test("is failing for a token that no header can carry, and nothing throws later", async () => {
		await using server = await serveEngine();
		const thrown: unknown[] = [];
		const remember = (error: unknown): void => void thrown.push(error);
		process.on("uncaughtException", remember);
		const result = await probeDatabase(`http://default:a%0Ab@127.0.0.1:${server.port}`, { timeoutMs: 1 });
		expect(result).toEqual({ kind: "failing", reason: expect.stringContaining("Invalid character") });
		// The probe's timer fires before this later timer.
		await probeDatabase(server.url, { timeoutMs: 1000 });
		process.off("uncaughtException", remember);
		expect(thrown).toEqual([]);
	});

	test("an abort rejects with the signal's reason", async () => {
		const controller = new AbortController();
		const reason = new Error("enough");
		await using server = await serveRequests(() => controller.abort(reason));
		const probe = probeDatabase(server.url, { signal: controller.signal, timeoutMs: 60_000 });
		await expect(probe).rejects.toBe(reason);
	});
});
