import { listeningAddresses } from "@rivetkit/engine-inspect";
import {
	createFakeEngine,
	expectEngineError,
	recordingLogger,
	serveRequests,
	serveRuntime,
} from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import { startOrReuse } from "../../src/start-or-reuse.ts";
import { stopEngine } from "../../src/stop/stop-engine.ts";
import { sandbox } from "../sandbox.ts";

describe("B4 B9 the addresses that the real engine binds, and the address at which it is asked", () => {
	it.each([
		["localhost", "127.0.0.1", "127.0.0.1"],
		["app.localhost", "127.0.0.1", "127.0.0.1"],
		["[::1]", "::1", "::1"],
		["0.0.0.0", "0.0.0.0", "127.0.0.1"],
	])("an endpoint at %s binds %s, and its other ports stay on %s", async (host, guard, others) => {
		await using box = await sandbox();
		const options = { ...box.options, bindPort: undefined, endpoint: `http://${host}:${box.port}` };
		const engine = await startOrReuse({ ...options, environment: box.environment });
		expect(engine).toMatchObject({ endpoint: `http://${host}:${box.port}`, startup: { kind: "spawned" } });
		expect(await listeningAddresses(box.port)).toEqual([guard]);
		expect(await listeningAddresses(box.port + 1)).toEqual([others]);
		expect(await listeningAddresses(box.port + 10)).toEqual([others]);
		expect((await startOrReuse({ ...options, environment: box.environment })).startup).toMatchObject({
			kind: "reused",
			mismatch: [],
		});
		expect(await stopEngine({ ...options, environment: box.environment })).toMatchObject({ kind: "stopped" });
	});

	it("B26 open the api-peer and metrics ports beyond loopback only with an option for it", async () => {
		await using box = await sandbox();
		const options = { ...box.options, peerHost: "0.0.0.0", metricsHost: "127.0.0.2" };
		const error = await expectEngineError(
			startOrReuse({ ...options, environment: box.environment }),
			"invalid_option",
		);
		expect(error.message).toContain("asks nobody for a token");
		expect(error.metadata.hint).toContain("unsafelyExposeUnauthenticatedPorts");
		await startOrReuse({
			environment: box.environment,
			...options,
			unsafelyExposeUnauthenticatedPorts: true,
		});
		expect(await listeningAddresses(box.port)).toEqual(["127.0.0.1"]);
		expect(await listeningAddresses(box.port + 1)).toEqual(["0.0.0.0"]);
		expect(await listeningAddresses(box.port + 10)).toEqual(["127.0.0.2"]);
	});

	it("B36 are an error if 0.0.0.0 is asked for and the running engine listens on loopback only", async () => {
		await using box = await sandbox();
		await startOrReuse({ ...box.options, environment: box.environment });
		const error = await expectEngineError(
			startOrReuse({ environment: box.environment, ...box.options, bindHost: "0.0.0.0" }),
			"port_occupied",
		);
		expect(error.message).toContain("runtime 'engine'");
		expect(error.metadata.hint).toContain("listens on 127.0.0.1 only");
	});

	it.each([
		["http://engine.example:%d", { spawn: "always" }, "cannot bind the name 'engine.example'"],
		["http://192.0.2.1:%d", { spawn: "always" }, "192.0.2.1 is not an address of this machine"],
		["https://127.0.0.1:%d", {}, "speaks http, not https"],
		["http://127.0.0.1:65530", {}, "port is too large"],
		["http://127.0.0.1:0", {}, "port 0"],
	] as const)("B6 B8 are refused at once for %s with %j", async (template, options, reason) => {
		await using box = await sandbox();
		const endpoint = template.replace("%d", String(box.port));
		const start = startOrReuse({
			environment: box.environment,
			storageRoot: box.storageRoot,
			endpoint,
			startTimeoutMs: 120_000,
			...options,
		});
		expect((await expectEngineError(start, "invalid_endpoint")).message).toContain(reason);
	});
});

describe("B29 two instances side by side on one storage root", () => {
	it("have a database, logs and records of their own, and are stopped one by one", async () => {
		await using box = await sandbox();
		const second = {
			...box.options,
			bindPort: await box.anotherPort(),
			instancePath: "second one".replace(" ", "-"),
		};
		const [one, two] = [
			await startOrReuse({ ...box.options, environment: box.environment }),
			await startOrReuse({ ...second, environment: box.environment }),
		];
		if (one.startup.kind !== "spawned" || two.startup.kind !== "spawned")
			throw new Error("Both should be spawned.");
		expect(two.startup.logs.stdout).toContain("/instances/second-one/logs/");
		const { storageRoot } = box;
		expect(
			await stopEngine({ environment: box.environment, storageRoot, instancePath: "second-one" }),
		).toMatchObject({
			kind: "stopped",
			pid: two.startup.pid,
		});
		expect(await stopEngine({ environment: box.environment, storageRoot })).toMatchObject({
			kind: "stopped",
			pid: one.startup.pid,
		});
	});
});

describe("B6 a start", () => {
	it("answers for a remote engine at once, without a request, and strips its token (B10)", async () => {
		await using box = await sandbox();
		await using server = await serveRuntime("engine");
		const environment = {
			...box.environment,
			RIVET_ENDPOINT: `http://space:secret@engine.example:${server.port}`,
		};
		const engine = await startOrReuse({ environment, storageRoot: box.storageRoot });
		expect(engine).toMatchObject({
			endpoint: `http://engine.example:${server.port}`,
			startup: { kind: "remote" },
			health: undefined,
		});
		expect(JSON.stringify(engine)).not.toContain("secret");
		expect(server.requests).toEqual([]);
	});

	it("does not spawn on a free port if spawning is turned off", async () => {
		await using box = await sandbox();
		const environment = { ...box.environment, RIVETKIT_ENGINE_SPAWN: "never" };
		const error = await expectEngineError(startOrReuse({ ...box.options, environment }), "not_running");
		expect(error.message).toBe(
			`No engine listens at 'http://127.0.0.1:${box.port}', and starting an engine is turned off (\`spawn: never\`).`,
		);
		expect(error.metadata.hint).toContain("RIVETKIT_ENGINE_SPAWN");
	});
});

describe("B36 B39 a running engine that differs from what was asked for", () => {
	it("is reused with a warning for each difference, or refused if the options demand it", async () => {
		await using box = await sandbox();
		await startOrReuse({ environment: box.environment, ...box.options, publicUrl: "http://one.example" });
		const logger = recordingLogger();
		const asked = { ...box.options, version: "2.3.18", publicUrl: "http://other.example", logger };
		const engine = await startOrReuse({ ...asked, environment: box.environment });
		if (engine.startup.kind !== "reused") throw new Error("It should be reused.");
		expect(engine.startup.mismatch).toEqual([
			{ field: "version", expected: "2.3.18", actual: "2.3.19" },
			{ field: "publicUrl", expected: "http://other.example", actual: "http://one.example" },
		]);
		expect(logger.messages("warn")).toEqual([
			"reused engine differs from what was asked for",
			"reused engine differs from what was asked for",
		]);
		const strict = startOrReuse({ environment: box.environment, ...asked, onVersionMismatch: "error" });
		expect((await expectEngineError(strict, "version_mismatch")).message).toContain(
			"is 2.3.19; 2.3.18 was expected",
		);
		const lenient = await startOrReuse({
			environment: box.environment,
			...asked,
			onVersionMismatch: "reuse",
		});
		expect(lenient.startup).toMatchObject({ mismatch: [{ field: "publicUrl" }] });
	});

	it("is reused without a warning if only the numbers of the npm package and its engine differ", async () => {
		await using box = await sandbox();
		await using fake = await createFakeEngine({ version: "2.3.17" });
		await startOrReuse({ environment: box.environment, ...box.options, binaryPath: fake.path });
		const again = await startOrReuse({ environment: box.environment, ...box.options, binaryPath: fake.path });
		expect(again.startup).toMatchObject({ kind: "reused", mismatch: [] });
	});

	it("B27 is never reused if it has version 3", async () => {
		await using box = await sandbox();
		await using _server = await serveRequests(
			(_request, response) =>
				response.end('{"runtime":"engine","status":"ok","version":"3.0.0","architecture":"v3"}'),
			{ port: box.port },
		);
		await expectEngineError(
			startOrReuse({ ...box.options, environment: box.environment }),
			"engine_unsupported",
		);
	});
});
