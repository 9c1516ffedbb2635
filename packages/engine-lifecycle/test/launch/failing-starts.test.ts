import { chmod, copyFile, mkdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { portHolder } from "@rivetkit/engine-inspect";
import {
	createFakeEngine,
	expectEngineError,
	processGone,
	realEnginePath,
	recordingLogger,
	serveRequests,
	serveSilent,
	serveSockets,
	serveStatus,
	type TestServer,
} from "@rivetkit/engine-testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EngineOptions } from "../../../engine-config/src/engine-options.ts";
import type { CallOptions } from "../../src/context.ts";
import { startOrReuse } from "../../src/start-or-reuse.ts";
import { stopEngine } from "../../src/stop/stop-engine.ts";
import { type Sandbox, sandbox } from "../sandbox.ts";

/** A deadline beyond the time limit of a test, so that an error at the deadline fails the test. */
const FAR_DEADLINE = { startTimeoutMs: 120_000 } as const;

async function failedStart(box: Sandbox, code: string, options: EngineOptions & Partial<CallOptions> = {}) {
	const error = await expectEngineError(
		startOrReuse({ environment: box.environment, ...box.options, ...FAR_DEADLINE, ...options }),
		code,
	);
	expect(error.metadata.hint, "each failed start has a hint").toBeTypeOf("string");
	return error;
}

async function expectNothingLeft(port: number): Promise<void> {
	expect(await Promise.all([port, port + 1, port + 10].map((taken) => portHolder(taken)))).toEqual([
		undefined,
		undefined,
		undefined,
	]);
}

describe("B26 a port that is taken, with the real engine", () => {
	it("is named with the process that holds it if it is the guard port and nothing answers there", async () => {
		await using box = await sandbox();
		await using _listener = await serveSilent({ port: box.port });
		const error = await failedStart(box, "ports_in_use");
		expect(error.message).toContain(`${box.port} (guard, held by 'node' with pid ${process.pid})`);
	});

	it("is named with the process that holds it if it is the guard port and every connection is closed", async () => {
		await using box = await sandbox();
		await using _listener = await serveSockets((socket) => socket.destroy(), { port: box.port });
		expect((await failedStart(box, "ports_in_use")).message).toContain(`${box.port} (guard`);
	});

	it("B24 is named with the server that answers at the guard port", async () => {
		await using box = await sandbox();
		await using _server = await serveStatus(404, "no such page", "text/html", { port: box.port });
		const error = await failedStart(box, "port_occupied");
		expect(error.message).toBe(
			`Cannot start engine: endpoint '${box.endpoint}' is already serving runtime 'unknown'. Stop that process and retry.`,
		);
		expect(error.metadata.hint).toContain(`held by 'node' (pid ${process.pid})`);
		expect(error.metadata.hint).toContain("404");
	});

	it("B24 is probed again after a status of 500: the server may be a proxy in front of a starting engine", async () => {
		await using box = await sandbox();
		let refusals = 2;
		await using _server = await serveRequests(
			(_request, response) => {
				response.statusCode = refusals > 0 ? 500 : 200;
				refusals--;
				response.end('{"runtime":"engine","status":"ok","version":"2.3.19"}');
			},
			{ port: box.port },
		);
		const engine = await startOrReuse({ environment: box.environment, ...box.options, ...FAR_DEADLINE });
		expect(engine.startup.kind).toBe("reused");
		expect(refusals).toBeLessThan(0);
	});

	it("B24 is an error at the deadline if the server there always answers 500", async () => {
		await using box = await sandbox();
		await using _server = await serveStatus(500, "", "text/plain", { port: box.port });
		const error = await failedStart(box, "endpoint_unresponsive", { startTimeoutMs: 600 });
		expect(error.message).toContain("unexpected status 500");
	});

	it.each([
		["api-peer", 1],
		["metrics", 10],
	])(
		"is named with the process that holds it if it is the %s port, and nothing is started",
		async (role, offset) => {
			await using box = await sandbox();
			await using _listener = await serveSilent({ port: box.port + offset });
			const error = await failedStart(box, "ports_in_use");
			expect(error.message).toContain(
				`${box.port + offset} (${role}, held by 'node' with pid ${process.pid})`,
			);
			expect(await portHolder(box.port)).toBeUndefined();
		},
	);

	it("is named together with all others that are taken", async () => {
		await using box = await sandbox();
		await using _peer = await serveSilent({ port: box.port + 1 });
		await using _metrics = await serveSilent({ port: box.port + 10, host: "0.0.0.0" });
		const { message } = await failedStart(box, "ports_in_use");
		expect(message).toContain(`${box.port + 1} (api-peer`);
		expect(message).toContain(`${box.port + 10} (metrics`);
	});

	describe("is an error beside another engine if", () => {
		// All tests share one engine, which each leaves alone.
		let box: Sandbox;
		beforeAll(async () => {
			box = await sandbox();
			const other = { bindPort: box.port + 10, instancePath: "other" };
			await startOrReuse({ environment: box.environment, ...box.options, ...other });
		});
		afterAll(() => box[Symbol.asyncDispose]());

		it.each([
			["its api-peer port is our guard port", 1, "port_occupied"],
			["its metrics port is our guard port", 10, "port_occupied"],
			["its guard port is our api-peer port", -1, "ports_in_use"],
			["its guard port is our metrics port", -10, "ports_in_use"],
		])("%s", async (_title, distance, code) => {
			const error = await failedStart(box, code, { bindPort: box.port + 10 + distance });
			expect(error.metadata.hint).toContain("`bindPort`");
			if (distance === 1) expect(error.metadata.hint).toContain("api-peer port of an engine");
			if (code === "ports_in_use") expect(error.message).toContain("'rivet-engine'");
		});
	});
});

describe("B12 the binary of a start", () => {
	it.each([
		["a truncated engine", "binary_not_executable", "truncated"],
		["a text file", "binary_not_executable", "neither a program nor a script"],
		["a file with mode 0644", "binary_not_executable", "0644"],
		["an empty file", "binary_not_executable", "empty"],
		["a directory", "binary_not_executable", "directory"],
		["a missing file", "binary_not_found", "was not found"],
	])("is an error before any probe: %s", async (what, code, text) => {
		await using box = await sandbox();
		const file = path.join(box.folder, "the engine");
		if (what === "a directory") await mkdir(file);
		else if (what === "a truncated engine") {
			await copyFile(realEnginePath(), file);
			await truncate(file, 40_000_000);
		} else if (what !== "a missing file")
			await writeFile(file, what === "an empty file" ? "" : "just some text\n");
		if (what !== "a missing file") await chmod(file, what === "a file with mode 0644" ? 0o644 : 0o755);
		await using server = await serveStatus(500, "", "text/plain", { port: box.port });

		for (const [options, variables, origin] of [
			[{ binaryPath: file }, {}, "binaryPath"],
			[{}, { RIVET_ENGINE_BINARY_PATH: file }, "RIVET_ENGINE_BINARY_PATH"],
			[{}, { RIVET_ENGINE_BINARY: file }, "RIVET_ENGINE_BINARY"],
		] as const) {
			const start = startOrReuse({
				environment: { ...box.environment, ...variables },
				...box.options,
				...options,
			});
			const error = await expectEngineError(start, code);
			expect(error.message).toContain(text);
			expect(error.message).toContain(file);
			expect(error.metadata.hint).toContain(`\`${origin}\``);
		}
		expect(server.requests).toEqual([]);
	});

	it("is explained after the start if it is a wrapper script that cannot execute its program", async () => {
		await using box = await sandbox();
		const file = path.join(box.folder, "wrapper");
		await writeFile(file, '#!/bin/sh\nexec no-such-engine "$@"\n', { mode: 0o755 });
		const error = await failedStart(box, "binary_wrong_platform", { binaryPath: file });
		expect(error.message).toContain("exit status: 127");
		expect(error.message).toContain("no-such-engine");
	});

	it("may be a wrapper script that stays, and a stop ends the engine behind it", async () => {
		await using box = await sandbox();
		const file = path.join(box.folder, "wrapper");
		await writeFile(file, `#!/bin/sh\n'${realEnginePath()}' "$@"\n`, { mode: 0o755 });
		const engine = await startOrReuse({ environment: box.environment, ...box.options, binaryPath: file });
		expect(engine.startup.kind).toBe("spawned");
		expect(await stopEngine({ ...box.options, environment: box.environment })).toMatchObject({
			kind: "stopped",
		});
		await expectNothingLeft(box.port);
	});
});

describe("B33 an engine that ends before it is healthy", () => {
	it("B29 leads to an error that names our engine at another port which has its database, and keeps its record", async () => {
		await using box = await sandbox();
		const first = await startOrReuse({ ...box.options, environment: box.environment });
		if (first.startup.kind !== "spawned") throw new Error("It was not spawned.");
		const before = await readFile(box.layout.recordPath, "utf8");
		const otherPort = await box.anotherPort();
		const error = await failedStart(box, "database_locked", { bindPort: otherPort });
		expect(error.message).toContain(box.layout.databasePath);
		expect(error.message).toContain(`the engine at '${box.endpoint}' (pid ${first.startup.pid})`);
		expect(error.metadata.hint).toContain("instancePath");
		expect(await readFile(box.layout.recordPath, "utf8")).toBe(before);
		await expectNothingLeft(otherPort);
	});

	it("B29 leads to an error that names the process which has its database, without a record", async () => {
		await using box = await sandbox();
		const first = await startOrReuse({ ...box.options, environment: box.environment });
		if (first.startup.kind !== "spawned") throw new Error("It was not spawned.");
		await rm(box.layout.recordPath);
		const otherPort = await box.anotherPort();
		const error = await failedStart(box, "database_locked", { bindPort: otherPort });
		expect(error.message).toContain(box.layout.databasePath);
		expect(error.message).toContain(`'rivet-engine' with pid ${first.startup.pid}`);
		expect(error.metadata.hint).toContain("instancePath");
		expect(error.metadata["exit"]).toEqual({ kind: "exited", code: 1 });
		expect(error.metadata["logs"]).toMatchObject({ stderr: expect.stringContaining("-stderr.log") });
		await expectNothingLeft(otherPort);
	});

	it("B35 is refused each time if a newer engine has used its database", async () => {
		await using box = await sandbox();
		await using older = await createFakeEngine({ version: "2.3.5" });
		await startOrReuse({ ...box.options, environment: box.environment });
		await stopEngine({ ...box.options, environment: box.environment });
		for (const _attempt of [1, 2]) {
			const error = await failedStart(box, "version_rollback", { binaryPath: older.path });
			expect(error.message).toContain("2.3.5 is older than 2.3.19");
		}
		// After the user has removed the database, any version may create a new one.
		await rm(box.layout.databasePath, { recursive: true });
		const engine = await startOrReuse({
			environment: box.environment,
			...box.options,
			binaryPath: older.path,
		});
		expect(engine.startup).toMatchObject({ kind: "spawned", version: "2.3.5" });
		await stopEngine({ ...box.options, environment: box.environment });
		await expectNothingLeft(box.port);
	});

	it.each([
		["a variable", { env: { RIVET__GUARD__NO_SUCH_KEY: "1" } }],
		["the configuration", { config: { guard: { no_such_key: 1 } } }],
	])("leads to an error that names an unknown key in %s", async (_where, options) => {
		await using box = await sandbox();
		const error = await failedStart(box, "config_invalid", options);
		expect(error.message).toContain("no_such_key");
		await expectNothingLeft(box.port);
	});

	it("leads to an error with the last lines and the paths of both logs", async () => {
		await using box = await sandbox();
		await using fake = await createFakeEngine({ exit: { code: 7, stdout: "out\n", stderr: "the reason\n" } });
		const error = await failedStart(box, "health_check_failed", { binaryPath: fake.path });
		expect(error.message).toBe(
			"engine process exited before becoming healthy with status exit status: 7: the reason",
		);
		expect(error.metadata).toMatchObject({
			stdoutTail: ["out"],
			stderrTail: ["the reason"],
			exit: { code: 7 },
		});
	});

	it("B31 is killed at the deadline if it lives and is not healthy, though it ignores SIGTERM", async () => {
		await using box = await sandbox();
		await using fake = await createFakeEngine({ healthyAfterMs: "never", ignoreSigterm: true });
		const logger = recordingLogger();
		const error = await failedStart(box, "health_check_failed", {
			binaryPath: fake.path,
			startTimeoutMs: 4000,
			logger,
		});
		expect(error.message).toMatch(
			/^Engine health check failed after \d+ attempts: connection refused: it was still alive \(pid \d+\) but not ready after 4000 ms; it has logged nothing$/,
		);
		expect(error.metadata.hint).toContain("`startTimeoutMs`");
		expect(logger.messages("info")).toContain("half-started engine process exited");
		expect(() => process.kill(error.metadata["pid"] as number, 0)).toThrow("ESRCH");
	});

	it("B32 is killed when the caller aborts, and the start rejects with the signal's reason", async () => {
		await using box = await sandbox();
		await using fake = await createFakeEngine({ healthyAfterMs: "never" });
		const abort = new AbortController();
		const reason = new Error("changed my mind");
		const start = startOrReuse({
			environment: box.environment,
			...box.options,
			binaryPath: fake.path,
			signal: abort.signal,
			onEvent: ({ kind }) => kind === "spawned" && abort.abort(reason),
		});
		await expect(start).rejects.toBe(reason);
		await expectNothingLeft(box.port);
	});

	it("B27 is refused and killed if it has version 3", async () => {
		await using box = await sandbox();
		await using fake = await createFakeEngine({ version: "3.0.0", architecture: "v3" });
		const error = await failedStart(box, "engine_unsupported", { binaryPath: fake.path });
		expect(error.message).toContain("3.0.0");
		await expectNothingLeft(box.port);
	});

	it("B32 is not confused with another runtime on its port", async () => {
		await using box = await sandbox();
		await using fake = await createFakeEngine({ runtime: "rivetkit" });
		const error = await failedStart(box, "port_occupied", { binaryPath: fake.path });
		expect(error.message).toContain("runtime 'rivetkit'");
		await expectNothingLeft(box.port);
	});
});

describe("B25 B32 a port that is lost while the engine starts", () => {
	it("is not mistaken for the port of the child: the faster engine is reused, and the child is killed", async () => {
		await using box = await sandbox();
		await using fake = await createFakeEngine({ healthyAfterMs: "never" });
		const body = '{"runtime":"engine","status":"ok","version":"2.3.19"}';
		let faster: Promise<TestServer> | undefined;
		let child = 0;
		const engine = await startOrReuse({
			environment: box.environment,
			...box.options,
			...FAR_DEADLINE,
			binaryPath: fake.path,
			onEvent: (event) => {
				if (event.kind !== "spawned") return;
				child = event.pid;
				faster = serveRequests((_request, response) => response.end(body), { port: box.port });
			},
		});
		expect(engine.startup.kind).toBe("reused");
		await (await faster)?.[Symbol.asyncDispose]();
		await processGone(child);
	});

	it("is named if the engine answers but another process has its api-peer port", async () => {
		await using box = await sandbox();
		let taken: Promise<TestServer> | undefined;
		const error = await failedStart(box, "ports_in_use", {
			onEvent: ({ kind }) => {
				if (kind === "spawned") taken = serveSilent({ port: box.port + 1 });
			},
		});
		await (await taken)?.[Symbol.asyncDispose]();
		expect(error.message).toContain(`${box.port + 1} (api-peer`);
		await expectNothingLeft(box.port);
	});

	it("is read from the engine's log if the holder of the guard port does not answer", async () => {
		await using box = await sandbox();
		let taken: Promise<TestServer> | undefined;
		const error = await failedStart(box, "ports_in_use", {
			// The engine logs before this deadline that its port is taken, even on a busy machine.
			startTimeoutMs: 6000,
			onEvent: ({ kind }) => {
				if (kind === "spawned") taken = serveSilent({ port: box.port });
			},
		});
		await (await taken)?.[Symbol.asyncDispose]();
		expect(error.message).toContain(
			`another process took its guard port while it started: ${box.port} (guard, held by 'node' with pid ${process.pid})`,
		);
		await expectNothingLeft(box.port);
	});
});

describe("B33 the surroundings of a start", () => {
	it("are an error with a hint if a file has the path of the storage root", async () => {
		await using box = await sandbox();
		const file = path.join(box.folder, "not a folder");
		await writeFile(file, "mine");
		const error = await failedStart(box, "path_occupied", { storageRoot: path.join(file, ".rivetkit") });
		expect(error.message).toContain(file);
		expect(await readFile(file, "utf8")).toBe("mine");
	});

	it.each(["", "{", "[]", '{"format":1}', '{"format":1,"identity":{"pid":-1}}', "\0\0\0"])(
		"B35 may include records that hold %j, over which an engine is started",
		async (content) => {
			await using box = await sandbox();
			await using fake = await createFakeEngine();
			await mkdir(box.layout.folder, { recursive: true });
			await writeFile(box.layout.recordPath, content);
			await writeFile(box.layout.rivetkitRecordPath, content);
			const options = { ...box.options, binaryPath: fake.path };
			const engine = await startOrReuse({ ...options, environment: box.environment });
			expect(engine.startup.kind).toBe("spawned");
			expect(await stopEngine({ ...box.options, environment: box.environment })).toMatchObject({
				kind: "stopped",
			});
		},
	);

	it("are an error if there is no space left", async () => {
		await using box = await sandbox();
		await using fake = await createFakeEngine({
			exit: {
				code: 1,
				stderr: "Error: failed to open rocksdb\n\nCaused by:\n    IO error: No space left on device\n",
			},
		});
		expect((await failedStart(box, "no_space", { binaryPath: fake.path })).message).toContain(
			"no space left",
		);
	});
});
