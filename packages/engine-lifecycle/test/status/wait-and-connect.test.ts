import { copyFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import {
	createFakeEngine,
	expectEngineError,
	realEnginePath,
	realEngineVersion,
	runUpstreamHost,
	serveRequests,
	serveRuntime,
	serveStatus,
} from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import type { CallOptions } from "../../src/context.ts";
import { startOrReuse } from "../../src/start-or-reuse.ts";
import { connectionEnvironment } from "../../src/status/connection-environment.ts";
import {
	type WaitProgress,
	type WaitUntilReadyOptions,
	waitUntilReady,
} from "../../src/status/wait-until-ready.ts";
import { freeze } from "../freeze.ts";
import { type Sandbox, sandbox } from "../sandbox.ts";

// Seen to fail. The wait: with the record read once instead of in each round, with any engine at the default endpoint taken
// for that of a named instance, without the question to the database, with a living engine taken for none, and with fractions
// of a millisecond. The connection: with the endpoint as it was given, without the check that the recorded binary exists, with
// the executable of any process, with the storage named always or never, and with the default endpoint named for an instance
// that does not run.

/** Longer than a test may take, so that a wait until the limit fails the test. */
const FAR_LIMIT = { timeoutMs: 120_000 } as const;

const wait = (box: Sandbox, options: WaitUntilReadyOptions & Partial<CallOptions> = {}) =>
	waitUntilReady({ environment: box.environment, ...box.options, ...options });

describe("B38 wait", () => {
	it("is over at once if an engine is ready, and can ask its database", async () => {
		await using box = await sandbox();
		await startOrReuse({ ...box.options, environment: box.environment });
		expect(await wait(box, FAR_LIMIT)).toMatchObject({
			kind: "ready",
			endpoint: box.endpoint,
			health: { version: realEngineVersion },
			database: undefined,
		});
		expect(await wait(box, { ...FAR_LIMIT, database: true })).toMatchObject({
			database: { kind: "answers" },
		});
	});

	it("goes on until an engine is started, on any port", async () => {
		await using box = await sandbox();
		const { storageRoot } = box;
		const told: WaitProgress[] = [];
		let start: Promise<unknown> | undefined;
		// Neither call names a port: it is in the record of the start.
		const place = { storageRoot, instancePath: "second", ...FAR_LIMIT };
		const waiting = waitUntilReady({
			environment: box.environment,
			...place,
			onWait: (one) => {
				told.push(one);
				start ??= startOrReuse({ environment: box.environment, ...box.options, instancePath: "second" });
			},
		});
		expect(await waiting).toMatchObject({ kind: "ready", endpoint: box.endpoint });
		await start;
		expect(told[0]?.reason).toBe("no engine of this instance is recorded");
	});

	it("returns at its time limit whether no engine runs or a living engine is not ready", async () => {
		await using box = await sandbox();
		const short = { timeoutMs: 100 } as const;
		const nothing = await wait(box, short);
		expect(nothing).toMatchObject({ kind: "not-running", endpoint: box.endpoint });
		expect(Number.isInteger(nothing.waitedMs)).toBe(true);
		const unknown = { ...short, bindPort: undefined, instancePath: "nope" };
		expect(await wait(box, unknown)).toMatchObject({
			kind: "not-running",
			reason: "no engine of instance 'nope' is running",
		});
		const { startup } = await startOrReuse({ ...box.options, environment: box.environment });
		if (startup.kind !== "spawned") throw new Error("It was not spawned.");
		await freeze(startup.pid);
		expect(await wait(box, short)).toMatchObject({
			kind: "not-ready",
			reason: expect.stringContaining("no complete response"),
		});
	});

	it("does not wait for a server that will never be an engine, but does for a possible proxy", async () => {
		await using box = await sandbox();
		{
			await using _rivetkit = await serveRuntime("rivetkit", { port: box.port });
			expect(await wait(box, FAR_LIMIT)).toMatchObject({
				kind: "not-ready",
				reason: expect.stringContaining("rivetkit"),
			});
		}
		{
			await using _page = await serveStatus(200, "<html>", "text/html", { port: box.port });
			expect(await wait(box, FAR_LIMIT)).toMatchObject({ kind: "not-ready" });
		}
		let refusals = 2;
		await using _proxy = await serveRequests(
			(_request, response) => {
				response.statusCode = refusals-- > 0 ? 503 : 200;
				response.end('{"runtime":"engine","status":"ok","version":"2.3.19"}');
			},
			{ port: box.port },
		);
		expect(await wait(box, FAR_LIMIT)).toMatchObject({ kind: "ready" });
	});

	it("goes on until the database answers, unless it may not ask the database", async () => {
		await using box = await sandbox();
		let status = 500;
		await using _server = await serveRequests(
			({ url }, response) => {
				response.statusCode = url === "/namespaces" ? status : 200;
				response.end('{"runtime":"engine","status":"ok","version":"2.3.19"}');
			},
			{ port: box.port },
		);
		const told: WaitProgress[] = [];
		const onWait = (one: WaitProgress): void => {
			told.push(one);
			status = 200;
		};
		expect(await wait(box, { ...FAR_LIMIT, database: true, onWait })).toMatchObject({
			database: { kind: "answers" },
		});
		expect(told).toEqual([
			{ endpoint: box.endpoint, reason: "its database does not answer: unexpected status 500" },
		]);
		status = 401;
		expect(await wait(box, { ...FAR_LIMIT, database: true })).toMatchObject({
			kind: "not-ready",
			reason: expect.stringContaining("token"),
		});
	});

	it("ends with the signal's reason, and refuses an invalid limit", async () => {
		await using box = await sandbox();
		const aborted = new AbortController();
		const onWait = (): void => aborted.abort(new Error("enough"));
		await expect(wait(box, { ...FAR_LIMIT, onWait, signal: aborted.signal })).rejects.toThrow("enough");
		await expectEngineError(wait(box, { timeoutMs: 0 }), "invalid_option");
	});
});

const connect = (box: Sandbox, options = {}, variables = {}) =>
	connectionEnvironment({ environment: { ...box.environment, ...variables }, ...box.options, ...options });

describe("B38 the connection for another host", () => {
	it("names the endpoint, the binary and the storage, from the record of the start", async () => {
		await using box = await sandbox();
		const binaryPath = path.join(box.folder, "rivet-engine");
		await copyFile(realEnginePath(), binaryPath);
		await startOrReuse({ environment: box.environment, ...box.options, binaryPath });
		const found = {
			kind: "available",
			endpoint: box.endpoint,
			variables: {
				RIVET_ENDPOINT: box.endpoint,
				RIVET_ENGINE_BINARY: binaryPath,
				RIVET_RUN_SERVICES: "0",
				RIVETKIT_STORAGE_PATH: box.folder,
			},
			withheld: [],
		};
		expect(await connect(box)).toEqual(found);
		// Every host finds the storage that `HOME` leads to.
		const { RIVETKIT_STORAGE_PATH: _, ...without } = found.variables;
		expect(await connect(box, { storageRoot: undefined })).toEqual({ ...found, variables: without });
		// If the file is gone, an installed engine of the same version replaces it.
		await rm(binaryPath);
		expect(await connect(box)).toMatchObject({ variables: { RIVET_ENGINE_BINARY: realEnginePath() } });
	});

	it("names the executable of an engine that rivetkit has started", async () => {
		await using box = await sandbox();
		const binaryPath = path.join(box.folder, "rivet-engine");
		await copyFile(realEnginePath(), binaryPath);
		const place = { storageRoot: box.storageRoot, port: box.port, binaryPath };
		await using host = runUpstreamHost(place, box.environment);
		await host.nextLine();
		expect(await connect(box)).toMatchObject({ variables: { RIVET_ENGINE_BINARY: binaryPath } });
	});

	it("names no binary if none of that version is known, and never another program", async () => {
		await using box = await sandbox();
		await using fake = await createFakeEngine({ version: "2.3.98" });
		const wrapper = path.join(box.folder, "wrapper");
		await writeFile(wrapper, `#!/bin/sh\nexec '${fake.path}' "$@"\n`, { mode: 0o755 });
		await startOrReuse({ environment: box.environment, ...box.options, binaryPath: wrapper });
		await rm(wrapper);
		expect(await connect(box)).toMatchObject({
			kind: "available",
			variables: { RIVET_ENDPOINT: box.endpoint, RIVET_RUN_SERVICES: "0" },
		});
		expect(await connect(box)).not.toHaveProperty("variables.RIVET_ENGINE_BINARY");
	});

	it("names loopback for an engine that binds every address, and no storage for an instance rivetkit does not know", async () => {
		await using box = await sandbox();
		const options = { instancePath: "second", bindHost: "0.0.0.0" };
		await startOrReuse({ environment: box.environment, ...box.options, ...options });
		const found = await connect(box, options);
		expect(found).toMatchObject({ variables: { RIVET_ENDPOINT: box.endpoint } });
		expect(found).not.toHaveProperty("variables.RIVETKIT_STORAGE_PATH");
	});

	it("never contains the endpoint's credentials, but names their variables", async () => {
		await using box = await sandbox();
		await startOrReuse({ ...box.options, environment: box.environment });
		const endpoint = `http://space:s3cret@127.0.0.1:${box.port}`;
		const found = await connect(box, { bindPort: undefined }, { RIVET_ENDPOINT: endpoint });
		expect(found).toMatchObject({ endpoint: box.endpoint, withheld: ["RIVET_NAMESPACE", "RIVET_TOKEN"] });
		expect(JSON.stringify(found)).not.toMatch(/s3cret|space/);
	});

	it("is none if no engine runs, or if another server answers", async () => {
		await using box = await sandbox();
		expect(await connect(box)).toEqual({
			kind: "not-running",
			endpoint: box.endpoint,
			reason: `no engine is running at ${box.endpoint}`,
		});
		const { storageRoot } = box;
		const elsewhere = { storageRoot, instancePath: "second", bindPort: undefined };
		expect(await connect(box, elsewhere)).toMatchObject({
			kind: "not-running",
			reason: "no engine of instance 'second' is running",
		});
		await using _server = await serveStatus(404, "", "text/plain", { port: box.port });
		expect(await connect(box)).toMatchObject({ kind: "unusable", reason: expect.stringContaining("404") });
	});
});
