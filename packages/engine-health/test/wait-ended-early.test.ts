import { spawn } from "node:child_process";
import { getEventListeners, once } from "node:events";
import type { ExitStatus } from "@rivetkit/engine-core";
import {
	createFakeEngine,
	expectEngineError,
	freePortTriple,
	serveRequests,
	serveSilent,
} from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { waitForEngine } from "../src/index.ts";
import { healthy, serveEngine } from "./engine-server.ts";

/** Limits longer than a test's timeout: a wait with them never runs out of time. */
const patient = { timeoutMs: 120_000, requestTimeoutMs: 120_000 } as const;

describe("B32 the end of the engine's process ends the wait at once", () => {
	const exit: ExitStatus = { kind: "exited", code: 7 };

	test("while a request is under way", async () => {
		let die = (_: ExitStatus): void => {};
		const exited = new Promise<ExitStatus>((resolve) => {
			die = resolve;
		});
		await using server = await serveRequests(() => die(exit));
		const error = await expectEngineError(
			waitForEngine(server.url, { ...patient, exited }),
			"health_check_failed",
		);
		expect(error.message).toBe("engine process exited before becoming healthy with status exit status: 7");
		expect(error.metadata).toEqual({
			endpoint: server.url,
			exit,
			hint: expect.stringContaining("Read what the engine wrote"),
		});
	});

	test("while the port refuses connections", async () => {
		await using engine = await createFakeEngine({ exit: { code: 1 }, signalSelf: "SIGKILL" });
		const child = spawn(engine.path, ["start"], { stdio: "ignore" });
		const exited = once(child, "exit").then(
			([code, signal]): ExitStatus =>
				signal === null ? { kind: "exited", code } : { kind: "signaled", signal },
		);
		const waiting = waitForEngine(`http://127.0.0.1:${await freePortTriple()}`, { ...patient, exited });
		const error = await expectEngineError(waiting, "health_check_failed");
		expect(error.message).toContain("signal: 9 (SIGKILL)");
	});

	test("before the wait began", async () => {
		await using server = await serveSilent();
		const waiting = waitForEngine(server.url, { ...patient, exited: Promise.resolve(exit) });
		expect(await expectEngineError(waiting, "health_check_failed")).toMatchObject({ metadata: { exit } });
	});

	test("but not while it lives", async () => {
		await using server = await serveEngine();
		const exited = new Promise<ExitStatus>(() => {});
		expect(await waitForEngine(server.url, { ...patient, exited })).toMatchObject({ version: "2.3.19" });
	});
});

describe("B32 an abort rejects with the signal's reason", () => {
	const reason = { not: "even an error" };

	test("before the wait began, without a request", async () => {
		await using server = await serveEngine();
		await expect(waitForEngine(server.url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
		expect(server.requests).toEqual([]);
	});

	test("while a request is under way", async () => {
		const controller = new AbortController();
		await using server = await serveRequests(() => controller.abort(reason));
		await expect(waitForEngine(server.url, { ...patient, signal: controller.signal })).rejects.toBe(reason);
	});

	test("while `accept` looks at an engine", async () => {
		const controller = new AbortController();
		await using server = await serveEngine();
		const waiting = waitForEngine(server.url, {
			...patient,
			signal: controller.signal,
			accept: () => {
				controller.abort(reason);
				return false;
			},
		});
		await expect(waiting).rejects.toBe(reason);
	});

	test("and a wait that ends leaves no listener on the signal", async () => {
		const { signal } = new AbortController();
		await using server = await serveEngine((attempt) => (attempt < 3 ? [503, {}] : healthy));
		await waitForEngine(server.url, { ...patient, signal });
		expect(getEventListeners(signal, "abort")).toEqual([]);
	});
});
