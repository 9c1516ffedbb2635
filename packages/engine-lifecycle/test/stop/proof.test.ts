import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { identifyProcess } from "@rivetkit/engine-core/process";
import { lockHolder } from "@rivetkit/engine-inspect";
import {
	createFakeEngine,
	expectEngineError,
	processGone,
	realEnginePath,
	serveSilent,
} from "@rivetkit/engine-testkit";
import { describe, expect, it, vi } from "vitest";
import { startOrReuse } from "../../src/start-or-reuse.ts";
import { engineStatus } from "../../src/status/engine-status.ts";
import { stopEngine } from "../../src/stop/stop-engine.ts";
import { launchByHand, startByHand } from "../by-hand.ts";
import { freeze } from "../freeze.ts";
import { sandbox } from "../sandbox.ts";

async function isAlive(pid: number | undefined): Promise<boolean> {
	return pid !== undefined && (await identifyProcess(pid)) !== undefined;
}

describe("B37 an engine that a user started by hand", () => {
	it("is reused, and is stopped with force once it is proven to be the engine of this storage", async () => {
		await using box = await sandbox();
		const engine = await startByHand(box, box.layout.databasePath);
		const reused = await startOrReuse({ ...box.options, environment: box.environment });
		expect(reused.startup).toMatchObject({ kind: "reused", record: undefined, mismatch: [] });
		expect(await engineStatus({ ...box.options, environment: box.environment })).toMatchObject({
			kind: "running",
			record: undefined,
			pid: engine.pid,
		});
		const error = await expectEngineError(
			stopEngine({ ...box.options, environment: box.environment }),
			"not_ours",
		);
		expect(error.message).toContain(`pid ${engine.pid} has the database of this storage, but neither`);
		expect(error.metadata.hint).toContain("`force: true`");
		expect(await isAlive(engine.pid)).toBe(true);
		const exited = once(engine, "exit");
		expect(await stopEngine({ environment: box.environment, ...box.options, force: true })).toMatchObject({
			kind: "stopped",
			pid: engine.pid,
		});
		expect(await exited).toEqual([0, null]);
	});

	it("is stopped without force if rivetkit has recorded this process", async () => {
		await using box = await sandbox();
		const engine = await startByHand(box, box.layout.databasePath);
		const record = { endpoint: box.endpoint, bind_host: "127.0.0.1", public_url: null };
		const { rivetkitRecordPath } = box.layout;
		await writeFile(rivetkitRecordPath, JSON.stringify({ ...record, pid: process.pid }));
		await expectEngineError(stopEngine({ ...box.options, environment: box.environment }), "not_ours");
		await writeFile(rivetkitRecordPath, JSON.stringify({ ...record, pid: engine.pid }));
		expect(await stopEngine({ ...box.options, environment: box.environment })).toMatchObject({
			pid: engine.pid,
		});
	});

	it("B25 is waited for and reused if it already has our database and does not answer yet", async () => {
		await using box = await sandbox();
		const { databasePath } = box.layout;
		const engine = await launchByHand(box, databasePath, realEnginePath());
		await vi.waitUntil(async () => (await lockHolder(databasePath)) !== undefined, {
			timeout: 10_000,
			interval: 1,
		});
		const reused = await startOrReuse({ ...box.options, environment: box.environment });
		expect(reused.startup.kind).toBe("reused");
		expect(await engineStatus({ ...box.options, environment: box.environment })).toMatchObject({
			pid: engine.pid,
		});
	});

	it("is reused with a warning, and not stopped, if it has another database", async () => {
		await using box = await sandbox();
		const database = path.join(box.folder, "somebody's db");
		const engine = await startByHand(box, database);
		const reused = await startOrReuse({ ...box.options, environment: box.environment });
		expect(reused.startup).toMatchObject({
			mismatch: [{ field: "storage", expected: box.layout.databasePath, actual: database }],
		});
		const stop = stopEngine({ environment: box.environment, ...box.options, force: true });
		const error = await expectEngineError(stop, "not_ours");
		expect(error.message).toContain(`pid ${engine.pid} uses the database '${database}'`);
		expect(await isAlive(engine.pid)).toBe(true);
	});

	it("is not stopped if its executable does not have the name of an engine", async () => {
		await using box = await sandbox();
		const renamed = path.join(box.folder, "something-else");
		await copyFile(realEnginePath(), renamed);
		const engine = await startByHand(box, box.layout.databasePath, renamed);
		const stop = stopEngine({ environment: box.environment, ...box.options, force: true });
		const error = await expectEngineError(stop, "not_ours");
		expect(error.message).toContain("'something-else', which is not an engine");
		expect(await isAlive(engine.pid)).toBe(true);
	});
});

describe("B37 an engine that is not at the endpoint", () => {
	it("is not stopped if the endpoint is on another machine, though port and storage are the same", async () => {
		await using box = await sandbox();
		const engine = await startOrReuse({ ...box.options, environment: box.environment });
		if (engine.startup.kind !== "spawned") throw new Error("It was not spawned.");
		const remote = { storageRoot: box.storageRoot, endpoint: `http://192.0.2.1:${box.port}` };
		const error = await expectEngineError(
			stopEngine({ ...remote, environment: box.environment }),
			"not_ours",
		);
		expect(error.message).toContain("not on this machine");
		expect(await isAlive(engine.startup.pid)).toBe(true);
	});

	it.each([1, 10])("is not stopped by a call with its guard port plus %i", async (offset) => {
		await using box = await sandbox();
		const engine = await startByHand(box, box.layout.databasePath);
		const stop = stopEngine({
			environment: box.environment,
			...box.options,
			bindPort: box.port + offset,
			force: true,
		});
		await expectEngineError(stop, "not_ours");
		expect(await isAlive(engine.pid)).toBe(true);
	});
});

describe("B37 a process that is not an engine", () => {
	it("is never signalled, though it listens on the guard port", async () => {
		await using box = await sandbox();
		await using _listener = await serveSilent({ port: box.port });
		const error = await expectEngineError(
			stopEngine({ ...box.options, environment: box.environment }),
			"not_ours",
		);
		expect(error.message).toContain(`pid ${process.pid} executes 'node'`);
	});

	it("is never signalled, although a record that was written by hand has its whole identity", async () => {
		await using box = await sandbox();
		await startOrReuse({ ...box.options, environment: box.environment });
		const stranger = spawn("sleep", ["60"], { stdio: "ignore" });
		try {
			const record = JSON.parse(await readFile(box.layout.recordPath, "utf8"));
			const identity = await identifyProcess(stranger.pid ?? 0);
			await writeFile(box.layout.recordPath, JSON.stringify({ ...record, identity }));
			const stop = stopEngine({ environment: box.environment, ...box.options, force: true });
			const error = await expectEngineError(stop, "not_ours");
			expect(error.message).toContain(`pid ${stranger.pid}, which the record`);
			expect(await isAlive(stranger.pid)).toBe(true);
		} finally {
			stranger.kill("SIGKILL");
		}
	});

	it.each(["start time", "boot", "machine", "pid namespace"])(
		"is never signalled, though a record from another %s names its pid and an engine answers",
		async (what) => {
			await using box = await sandbox();
			const engine = await startOrReuse({ ...box.options, environment: box.environment });
			if (engine.startup.kind !== "spawned") throw new Error("It was not spawned.");
			const stranger = spawn("sleep", ["60"], { stdio: "ignore" });
			try {
				const record = JSON.parse(await readFile(box.layout.recordPath, "utf8"));
				const identity = { ...(await identifyProcess(stranger.pid ?? 0)) };
				const changed = {
					"start time": { startTime: "1" },
					boot: { bootId: "00000000-0000-0000-0000-000000000000" },
					machine: { machineId: "0".repeat(32) },
					"pid namespace": { pidNamespace: "pid:[1]" },
				}[what];
				await writeFile(
					box.layout.recordPath,
					JSON.stringify({ ...record, identity: { ...identity, ...changed } }),
				);
				// The engine is proven by its open files and rivetkit's record, and is stopped, unlike the process that the record
				// names.
				expect(await stopEngine({ ...box.options, environment: box.environment })).toMatchObject({
					kind: "stopped",
					pid: engine.startup.pid,
				});
				expect(await isAlive(stranger.pid)).toBe(true);
				expect(await stopEngine({ ...box.options, environment: box.environment })).toMatchObject({
					kind: "not-running",
					detail: expect.stringMatching(/left alone|cannot look/),
				});
				expect(await isAlive(stranger.pid)).toBe(true);
			} finally {
				stranger.kill("SIGKILL");
			}
		},
	);
});

describe("B37 an engine that does not end by itself", () => {
	it("is killed when the grace is over", async () => {
		await using box = await sandbox();
		await using fake = await createFakeEngine({ ignoreSigterm: true });
		const engine = await startOrReuse({
			environment: box.environment,
			...box.options,
			binaryPath: fake.path,
		});
		expect(await stopEngine({ environment: box.environment, ...box.options, graceMs: 100 })).toMatchObject({
			kind: "stopped",
			outcome: "killed",
		});
		expect(await engine.exited).toEqual({ kind: "signaled", signal: "SIGKILL" });
	});

	it("is killed behind a wrapper script that has already ended", async () => {
		await using box = await sandbox();
		await using fake = await createFakeEngine({ ignoreSigterm: true });
		const wrapper = path.join(box.folder, "wrapper");
		await writeFile(wrapper, `#!/bin/sh\n'${fake.path}' "$@"\n`, { mode: 0o755 });
		await startOrReuse({ environment: box.environment, ...box.options, binaryPath: wrapper });
		const { pid } = await fake.report();
		expect(await stopEngine({ environment: box.environment, ...box.options, graceMs: 300 })).toMatchObject({
			outcome: "killed",
		});
		await processGone(pid);
	});

	it("is stopped even if it no longer answers", async () => {
		await using box = await sandbox();
		const engine = await startOrReuse({ ...box.options, environment: box.environment });
		if (engine.startup.kind !== "spawned") throw new Error("It was not spawned.");
		const { pid } = engine.startup;
		await freeze(pid);
		expect(await engineStatus({ ...box.options, environment: box.environment })).toMatchObject({
			kind: "unresponsive",
			holder: { pid, name: "rivet-engine" },
		});
		expect(await stopEngine({ environment: box.environment, ...box.options, graceMs: 200 })).toMatchObject({
			outcome: "killed",
		});
		await processGone(pid);
	});
});
