import { readFile } from "node:fs/promises";
import { describeExit } from "@rivetkit/engine-core";
import { probeEngine } from "@rivetkit/engine-health";
import { realEngineVersion, recordingLogger } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import type { EngineEvent } from "../src/events.ts";
import { startOrReuse } from "../src/start-or-reuse.ts";
import { engineStatus } from "../src/status/engine-status.ts";
import { stopEngine } from "../src/stop/stop-engine.ts";
import { createNamespace, namespaces, sandbox } from "./sandbox.ts";

describe("B24 B27 B32 B36 B37 the main job, with the real engine", () => {
	it("starts on an empty storage root, reuses, stops cleanly, and keeps the data", async () => {
		await using box = await sandbox();
		const logger = recordingLogger();
		const first = await startOrReuse({ environment: box.environment, ...box.options, logger });
		expect(first).toMatchObject({
			endpoint: box.endpoint,
			startup: {
				kind: "spawned",
				version: realEngineVersion,
				binary: { source: "npm", version: realEngineVersion },
			},
			health: { runtime: "engine", status: "ok", version: realEngineVersion },
		});
		await createNamespace(box.endpoint, "kept");

		const reusing = recordingLogger();
		const second = await startOrReuse({ environment: box.environment, ...box.options, logger: reusing });
		expect(reusing.entries).toEqual([
			{
				level: "info",
				fields: { endpoint: box.endpoint, status: "ok", runtime: "engine", version: realEngineVersion },
				message: "reusing already-running engine process",
			},
		]);
		expect(second.startup).toMatchObject({ kind: "reused", version: realEngineVersion, mismatch: [] });

		const stopped = await stopEngine({ ...box.options, environment: box.environment });
		expect(stopped).toMatchObject({ kind: "stopped", outcome: "exited" });
		expect(await first.exited).toEqual({ kind: "exited", code: 0 });
		expect(await probeEngine(box.endpoint)).toEqual({ kind: "free" });
		// The judgement of the end is logged at level debug, at about this moment.
		const told = logger.entries.filter(({ level }) => level !== "debug");
		expect(told.map(({ message }) => message)).toEqual([
			"spawned engine process (intentionally orphaned, will outlive this process)",
			"engine stdout/stderr piped to log files",
			"engine process is healthy",
			"engine process exited cleanly while rivetkit was still running; rivetkit expected the engine to outlive it",
		]);

		await startOrReuse({ ...box.options, environment: box.environment });
		expect(await namespaces(box.endpoint)).toContain("kept");
		expect(await stopEngine({ ...box.options, environment: box.environment })).toMatchObject({
			kind: "stopped",
		});
	});

	it("reports each step by an event, and how long each step took", async () => {
		await using box = await sandbox();
		const events: EngineEvent["kind"][] = [];
		const engine = await startOrReuse({
			environment: box.environment,
			...box.options,
			onEvent: ({ kind }) => events.push(kind),
		});
		expect(events).toEqual(["probing", "probing", "resolving", "resolved", "spawned", "healthy"]);
		const { timings } = engine.startup;
		expect(Object.keys(timings).sort()).toEqual([
			"lockMs",
			"prepareMs",
			"probeMs",
			"readyMs",
			"spawnMs",
			"totalMs",
		]);
	});

	it("goes on though the caller's onEvent throws", async () => {
		await using box = await sandbox();
		const logger = recordingLogger();
		const onEvent = () => {
			throw new Error("in the caller's code");
		};
		const engine = await startOrReuse({ environment: box.environment, ...box.options, logger, onEvent });
		expect(engine.startup.kind).toBe("spawned");
		expect(logger.messages("warn")).toContain("the callback `onEvent` has thrown");
	});

	it("goes on though the caller's logger throws", async () => {
		await using box = await sandbox();
		const fail = () => {
			throw new Error("in the caller's logger");
		};
		const logger = { debug: fail, info: fail, warn: fail, error: fail };
		const engine = await startOrReuse({ environment: box.environment, ...box.options, logger });
		expect(engine.startup.kind).toBe("spawned");
		expect(await stopEngine({ ...box.options, environment: box.environment })).toMatchObject({
			kind: "stopped",
		});
	});

	it("B34 logs a crash as an error while the handle is held, and no crash after the release", async () => {
		await using box = await sandbox();
		const held = recordingLogger();
		const engine = await startOrReuse({ environment: box.environment, ...box.options, logger: held });
		if (engine.startup.kind !== "spawned") throw new Error("It was not spawned.");
		process.kill(engine.startup.pid, "SIGKILL");
		const status = await engine.exited;
		expect(describeExit(status)).toBe("signal: 9 (SIGKILL)");
		expect(held.messages("error")).toEqual(["engine process crashed while rivetkit was still running"]);

		const released = recordingLogger();
		{
			await using _again = await startOrReuse({
				environment: box.environment,
				...box.options,
				logger: released,
			});
		}
		expect(released.messages("debug")).toEqual([
			"aborted engine watcher; engine continues running (intentional orphan)",
		]);
		await stopEngine({ ...box.options, environment: box.environment });
		expect([...released.messages("warn"), ...released.messages("error")]).toEqual([]);
	});

	it("B34 resolves `exited` of a reused engine when it is killed", async () => {
		await using box = await sandbox();
		const first = await startOrReuse({ ...box.options, environment: box.environment });
		const reused = await startOrReuse({ ...box.options, environment: box.environment });
		const exited = reused.exited;
		if (first.startup.kind !== "spawned") throw new Error("It was not spawned.");
		process.kill(first.startup.pid, "SIGKILL");
		expect(await exited).toEqual({ kind: "unknown" });
	});

	it("B35 writes runtime.json as rivetkit does, and owner.json beside it", async () => {
		await using box = await sandbox();
		const engine = await startOrReuse({
			environment: box.environment,
			...box.options,
			publicUrl: "https://engine.example/",
		});
		if (engine.startup.kind !== "spawned") throw new Error("It was not spawned.");
		expect(JSON.parse(await readFile(box.layout.rivetkitRecordPath, "utf8"))).toEqual({
			pid: engine.startup.pid,
			endpoint: box.endpoint,
			bind_host: "127.0.0.1",
			public_url: "https://engine.example/",
		});
		expect(JSON.parse(await readFile(box.layout.recordPath, "utf8"))).toMatchObject({
			format: 1,
			identity: { pid: engine.startup.pid },
			ports: { guard: box.port, apiPeer: box.port + 1, metrics: box.port + 10 },
			version: realEngineVersion,
			lastDatabaseVersion: realEngineVersion,
			databasePath: box.layout.databasePath,
			logs: engine.startup.logs,
		});
	});

	it("B38 shows in its status the running engine and that its database answers, and after a stop that no engine runs", async () => {
		await using box = await sandbox();
		expect(await engineStatus({ ...box.options, environment: box.environment })).toEqual({
			kind: "not-running",
			endpoint: box.endpoint,
			lastStart: undefined,
		});
		const engine = await startOrReuse({ ...box.options, environment: box.environment });
		if (engine.startup.kind !== "spawned") throw new Error("It was not spawned.");
		// Without a port in the options, the record of the instance names the endpoint.
		const { storageRoot } = box.options;
		expect(await engineStatus({ environment: box.environment, storageRoot })).toMatchObject({
			kind: "running",
			endpoint: box.endpoint,
			pid: engine.startup.pid,
			database: { kind: "answers" },
			mismatch: [],
		});
		expect(await stopEngine({ environment: box.environment, storageRoot })).toMatchObject({
			kind: "stopped",
			endpoint: box.endpoint,
		});
		expect(await engineStatus({ ...box.options, environment: box.environment })).toMatchObject({
			kind: "not-running",
			lastStart: { identity: { pid: engine.startup.pid } },
		});
	});
});
