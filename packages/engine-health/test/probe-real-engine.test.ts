import { realEngineVersion } from "@rivetkit/engine-testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { probeDatabase, probeEngine, waitForEngine } from "../src/index.ts";
import { type RealEngine, startRealEngine } from "./start-real-engine.ts";

describe("B24 the three ports of a real engine", () => {
	let engine: RealEngine;
	const at = (offset: number): string => `http://127.0.0.1:${engine.port + offset}`;

	beforeAll(async () => {
		engine = await startRealEngine();
		await waitForEngine(at(0));
	});
	afterAll(async () => {
		await engine[Symbol.asyncDispose]();
	});

	test("the guard is an engine", async () => {
		expect(await probeEngine(at(0))).toEqual({
			kind: "engine",
			health: { runtime: "engine", status: "ok", version: realEngineVersion, architecture: undefined },
		});
	});

	test("the guard reads its database", async () => {
		expect(await probeDatabase(at(0))).toEqual({ kind: "answers" });
	});

	test("the api-peer port is not an engine, although its answer to /health is an engine's", async () => {
		expect(await probeEngine(at(1))).toMatchObject({
			kind: "not-an-engine",
			reason: expect.stringContaining("api-peer"),
		});
	});

	test("the metrics port is not an engine, although it answers 200", async () => {
		expect(await probeEngine(at(10))).toMatchObject({ kind: "not-an-engine", status: 200 });
	});
});
