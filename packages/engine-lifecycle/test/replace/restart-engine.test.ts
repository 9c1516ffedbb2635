import { readFile, writeFile } from "node:fs/promises";
import { probeEngine } from "@rivetkit/engine-health";
import { readRecords } from "@rivetkit/engine-instances";
import {
	createFakeEngine,
	expectEngineError,
	olderEnginePath,
	olderEngineVersion,
	realEngineVersion,
	runScript,
	serveSilent,
} from "@rivetkit/engine-testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EngineOptions } from "../../../engine-config/src/engine-options.ts";
import type { EngineEvent } from "../../src/events.ts";
import { restartEngine } from "../../src/replace/restart-engine.ts";
import { startOrReuse } from "../../src/start-or-reuse.ts";
import { startByHand } from "../by-hand.ts";
import { createNamespace, namespaces, type Sandbox, sandbox } from "../sandbox.ts";

// Seen to fail: without the checks of connections, record, database version and settings, without the address from the
// record, with a binary resolved only after the stop, and without the sentence about the engine before.

describe("B38 a restart", () => {
	it("replaces the old engine by a new engine with the same data, address and public URL", async () => {
		await using box = await sandbox();
		const first = await startOrReuse({
			environment: box.environment,
			...box.options,
			publicUrl: "https://engine.example/",
		});
		await createNamespace(box.endpoint, "kept");
		const events: EngineEvent["kind"][] = [];
		// The port comes from the record, as no option names it.
		const { stopped, engine } = await restartEngine({
			environment: box.environment,
			storageRoot: box.storageRoot,
			telemetry: false,
			onEvent: ({ kind }) => events.push(kind),
		});
		expect(stopped).toMatchObject({ kind: "stopped", outcome: "exited", pid: pidOf(first) });
		expect(await box.engines()).toEqual([pidOf(engine)]);
		expect(engine).toMatchObject({ endpoint: box.endpoint, startup: { kind: "spawned" } });
		expect(await namespaces(box.endpoint)).toContain("kept");
		expect((await readRecords(box.layout)).recorded).toMatchObject({
			record: { publicUrl: "https://engine.example/", identity: { pid: pidOf(engine) } },
		});
		expect(events).toEqual(["resolving", "resolved", "replacing", "probing", "spawned", "healthy"]);
	});

	it("starts an engine if none runs", async () => {
		await using box = await sandbox();
		const { stopped, engine } = await restartEngine({ ...box.options, environment: box.environment });
		expect(stopped).toEqual({ kind: "not-running", endpoint: box.endpoint, detail: undefined });
		expect(engine.startup.kind).toBe("spawned");
	});

	it("prefers its options to the record", async () => {
		await using box = await sandbox();
		await startOrReuse({ ...box.options, environment: box.environment });
		const options = { ...box.options, bindHost: "0.0.0.0", publicUrl: "https://other.example/" };
		await restartEngine({ ...options, environment: box.environment });
		expect((await readRecords(box.layout)).recorded).toMatchObject({
			record: { bindHost: "0.0.0.0", publicUrl: "https://other.example/" },
		});
	});
});

describe("B38 a restart that is refused leaves the engine as it is", () => {
	// The first tests share an engine, which each of them leaves alone.
	let box: Sandbox;
	let engine: Awaited<ReturnType<typeof startOrReuse>>;
	beforeAll(async () => {
		box = await sandbox();
		engine = await startOrReuse({ ...box.options, environment: box.environment });
	});
	afterAll(() => box[Symbol.asyncDispose]());

	it.each<[string, string, EngineOptions, RegExp]>([
		["there is no such binary", "binary_not_found", { binaryPath: "/nowhere/rivet-engine" }, /nowhere/],
		["there is no binary of that version", "binary_unavailable", { version: "0.0.1" }, /0\.0\.1/],
		[
			"it is older than the database",
			"version_rollback",
			{ binaryPath: olderEnginePath() },
			/older than 2\.3\.19/,
		],
		["no engine may be started", "invalid_option", { spawn: "never" }, /'spawn' is 'never'/],
		["its endpoint is elsewhere", "not_ours", { endpoint: "http://192.0.2.1:6420" }, /not on this machine/],
	])("because %s", async (_, code, options, message) => {
		const target = options.endpoint === undefined ? box.options : { storageRoot: box.storageRoot };
		const restart = restartEngine({ environment: box.environment, ...target, ...options, force: true });
		expect((await expectEngineError(restart, code)).message).toMatch(message);
		expect(await box.engines()).toEqual([pidOf(engine)]);
	});

	it("because the running engine is newer, although no record contains its version", async () => {
		await using box = await sandbox();
		const { pid } = await startByHand(box, box.layout.databasePath);
		const options = { ...box.options, binaryPath: olderEnginePath(), force: true };
		await expectEngineError(restartEngine({ ...options, environment: box.environment }), "version_rollback");
		expect(await box.engines()).toEqual([pid]);
	});

	it("because another program started it, unless that is forced", async () => {
		await using box = await sandbox();
		const { pid } = await startByHand(box, box.layout.databasePath);
		const error = await expectEngineError(
			restartEngine({ ...box.options, environment: box.environment }),
			"not_ours",
		);
		expect(error.metadata.hint).toContain("`force: true`");
		expect(await box.engines()).toEqual([pid]);
		const { stopped } = await restartEngine({ environment: box.environment, ...box.options, force: true });
		expect(stopped).toMatchObject({ kind: "stopped", pid });
		expect(await box.engines()).toHaveLength(1);
	});

	it("because a program that is not an engine has the port", async () => {
		await using box = await sandbox();
		await using _server = await serveSilent({ port: box.port });
		await expectEngineError(
			restartEngine({ environment: box.environment, ...box.options, force: true }),
			"not_ours",
		);
	});

	it("because rivetkit started it, although a stop would be allowed", async () => {
		await using box = await sandbox();
		const { pid } = await startByHand(box, box.layout.databasePath);
		const record = { pid, endpoint: box.endpoint, bind_host: "127.0.0.1", public_url: null };
		await writeFile(box.layout.rivetkitRecordPath, JSON.stringify(record));
		const error = await expectEngineError(
			restartEngine({ ...box.options, environment: box.environment }),
			"not_ours",
		);
		expect(error.message).toContain(`pid ${pid} was not started by this package`);
		expect(await box.engines()).toEqual([pid]);
	});

	it("because it would lose settings that only options can give, unless that is forced", async () => {
		await using box = await sandbox();
		const given = {
			env: { MY_SECRET: "s3cret" },
			adminToken: "s3cret",
			metricsHost: "127.0.0.1",
		};
		const first = await startOrReuse({ environment: box.environment, ...box.options, ...given });
		const error = await expectEngineError(
			restartEngine({ ...box.options, environment: box.environment }),
			"settings_missing",
		);
		expect(error.message).toContain("adminToken, env.MY_SECRET, metricsHost");
		expect(await box.engines()).toEqual([pidOf(first)]);
		expect(await readFile(box.layout.recordPath, "utf8")).not.toContain("s3cret");
		await restartEngine({ environment: box.environment, ...box.options, ...given });
		// Without its token the engine would accept every request, which `force` does not allow.
		const forced = restartEngine({ environment: box.environment, ...box.options, force: true });
		expect((await expectEngineError(forced, "settings_missing")).message).toContain("with adminToken, which");
		const { env: _, metricsHost: __, ...lasting } = given;
		await restartEngine({ environment: box.environment, ...box.options, ...lasting, force: true });
		expect(await box.engines()).toHaveLength(1);
	});

	it("because another program is connected, whose name is in the error, unless that is forced", async () => {
		await using box = await sandbox();
		const engine = await startOrReuse({ ...box.options, environment: box.environment });
		// A connection of this process does not prevent a restart.
		void (await startOrReuse({ ...box.options, environment: box.environment })).exited;
		await using client = await connectedClient(box);
		const error = await expectEngineError(
			restartEngine({ ...box.options, environment: box.environment }),
			"engine_in_use",
		);
		expect(error.message).toContain(`has connections of 'node' (pid ${client.pid}), and was left running`);
		expect(error.metadata.hint).toContain("`restartEngine` with `force: true`");
		expect(await box.engines()).toEqual([pidOf(engine)]);
		expect(await restartEngine({ environment: box.environment, ...box.options, force: true })).toMatchObject({
			stopped: { kind: "stopped", pid: pidOf(engine) },
			engine: { startup: { kind: "spawned" } },
		});
	});
});

describe("B38 a restart with a failing start", () => {
	it("reports in its error that the previous engine has ended", async () => {
		await using box = await sandbox();
		const first = await startOrReuse({ ...box.options, environment: box.environment });
		await using broken = await createFakeEngine({ exit: { code: 7 } });
		const restart = restartEngine({
			environment: box.environment,
			...box.options,
			binaryPath: broken.path,
			force: true,
		});
		const error = await expectEngineError(restart, "health_check_failed");
		expect(error.message).toContain(`ran before (pid ${pidOf(first)}) was stopped`);
		expect(error.metadata["stopped"]).toMatchObject({ kind: "stopped", pid: pidOf(first) });
		expect(await box.engines()).toEqual([]);
	});
});

describe("B38 B25 hosts that come while an engine is restarted", () => {
	it("wait, and reuse the new engine", async () => {
		await using box = await sandbox();
		await startOrReuse({ ...box.options, environment: box.environment });
		let coming: ReturnType<typeof startOrReuse> | undefined;
		const { engine } = await restartEngine({
			environment: box.environment,
			...box.options,
			// The old engine has ended at this event, and the new engine is not there yet.
			onEvent: ({ kind }) => {
				if (kind === "probing") coming ??= startOrReuse({ ...box.options, environment: box.environment });
			},
		});
		expect((await coming)?.startup).toMatchObject({
			kind: "reused",
			record: { identity: { pid: pidOf(engine) } },
		});
		expect(await box.engines()).toHaveLength(1);
	});

	it("end with one engine, though each host restarts it", async () => {
		await using box = await sandbox();
		await using fake = await createFakeEngine();
		const options = { ...box.options, binaryPath: fake.path };
		await startOrReuse({ ...options, environment: box.environment });
		const results = await Promise.all(
			Array.from({ length: 3 }, () => restartEngine({ ...options, environment: box.environment })),
		);
		expect(results.map(({ stopped }) => stopped.kind)).toEqual(["stopped", "stopped", "stopped"]);
		expect(await box.engines()).toHaveLength(1);
		expect(await probeEngine(box.endpoint)).toMatchObject({ kind: "engine" });
	});
});

describe("B38 a restart with a newer engine", () => {
	it("keeps the data", async () => {
		await using box = await sandbox();
		const old = { ...box.options, binaryPath: olderEnginePath() };
		expect((await startOrReuse({ ...old, environment: box.environment })).health?.version).toBe(
			olderEngineVersion,
		);
		await createNamespace(box.endpoint, "kept");
		const { engine } = await restartEngine({ ...box.options, environment: box.environment });
		expect(engine.health?.version).toBe(realEngineVersion);
		expect(await namespaces(box.endpoint)).toContain("kept");
	});
});

function pidOf({ startup }: Awaited<ReturnType<typeof startOrReuse>>): number | undefined {
	return startup.kind === "spawned" ? startup.pid : undefined;
}

/** Runs a program that keeps a connection to the engine. */
async function connectedClient({ port }: Sandbox) {
	const client = runScript(`
		import net from "node:net";
		net.connect(${port}, "127.0.0.1", () => console.log("connected")).on("error", () => {});
		setInterval(() => {}, 1000);
	`);
	await client.nextLine();
	return client;
}
