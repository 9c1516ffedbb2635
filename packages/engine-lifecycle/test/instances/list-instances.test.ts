import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { instanceLayout } from "@rivetkit/engine-core";
import { identifyProcess, type ProcessIdentity } from "@rivetkit/engine-core/process";
import {
	createFakeEngine,
	expectEngineError,
	realEngineVersion,
	runUpstreamHost,
	serveStatus,
} from "@rivetkit/engine-testkit";
import { describe, expect, it, vi } from "vitest";
import { listInstances } from "../../../engine-instances/src/list/list-instances.ts";
import { startOrReuse } from "../../src/start-or-reuse.ts";
import { freeze } from "../freeze.ts";
import { plantRemains } from "../planted-record.ts";
import { type Sandbox, sandbox } from "../sandbox.ts";
import { spawnedPid } from "./spawned-pid.ts";

// Seen to fail: without the question for the database's holder, without the comparison of the database that the port's holder
// has, without the checks of the boot and of a reused pid, with all variables read, and with each error of a folder taken for
// its absence.

const list = (box: Sandbox) => listInstances({ environment: box.environment, storageRoot: box.storageRoot });

describe("B38 list", () => {
	it("is empty for a storage root without engines", async () => {
		await using box = await sandbox();
		expect(await list(box)).toEqual([]);
	});

	it("distinguishes a running, a starting, a stopped and a stuck engine", async () => {
		await using box = await sandbox();
		await using never = await createFakeEngine({ healthyAfterMs: "never" });
		const pid = await spawnedPid(box);
		await plantRemains(box, "was-stopped");
		const stuck = { instancePath: "stuck", bindPort: await box.anotherPort() };
		const stuckPid = await spawnedPid(box, stuck);
		const aborted = new AbortController();
		const starting = { instancePath: "young", bindPort: await box.anotherPort(), binaryPath: never.path };
		const start = startOrReuse({
			environment: box.environment,
			...box.options,
			...starting,
			signal: aborted.signal,
		});
		const { pid: youngPid } = await never.report();
		const young = instanceLayout(box.storageRoot, "young");
		await vi.waitUntil(() => existsSync(young.recordPath), { timeout: 10_000, interval: 5 });
		await freeze(stuckPid);
		expect(await list(box)).toEqual([
			{
				kind: "running",
				name: "",
				folder: box.layout.folder,
				endpoint: box.endpoint,
				version: realEngineVersion,
				pid,
				startedAt: expect.any(String),
				uptimeMs: expect.any(Number),
				logs: { stdout: expect.any(String), stderr: expect.any(String) },
			},
			expect.objectContaining({
				kind: "unresponsive",
				name: "stuck",
				pid: stuckPid,
				version: realEngineVersion,
			}),
			expect.objectContaining({
				kind: "stopped",
				name: "was-stopped",
				version: realEngineVersion,
				detail: expect.stringContaining(box.layout.databasePath),
			}),
			expect.objectContaining({ kind: "starting", name: "young", pid: youngPid, version: undefined }),
		]);
		aborted.abort();
		await start.catch(() => {});
	});

	it("finds an engine of rivetkit through the database that the engine has open, on any port", async () => {
		await using box = await sandbox();
		const { layout } = await plantRemains(box);
		await rm(path.join(layout.databasePath, "CURRENT"));
		const port = await box.anotherPort();
		await using host = runUpstreamHost({ storageRoot: box.storageRoot, port }, box.environment);
		const { pid } = JSON.parse(await host.nextLine());
		const found = { kind: "foreign", pid, endpoint: `http://127.0.0.1:${port}`, version: realEngineVersion };
		expect(await list(box)).toMatchObject([found]);
		await rm(layout.rivetkitRecordPath);
		expect(await list(box)).toMatchObject([found]);
	});

	it("distinguishes another program on the recorded port from our engine", async () => {
		await using box = await sandbox();
		await plantRemains(box);
		await using _server = await serveStatus(404, "", "text/plain", { port: box.port });
		expect(await list(box)).toMatchObject([
			{ kind: "foreign", pid: process.pid, reason: expect.stringContaining("from 'node'") },
		]);
	});

	it("does not mistake an engine of another storage root for the former engine on the same port", async () => {
		await using box = await sandbox();
		await plantRemains(box);
		const other = path.join(box.folder, "other", ".rivetkit");
		await spawnedPid(box, { storageRoot: other });
		expect(await list(box)).toMatchObject([
			{ kind: "stopped", detail: expect.stringContaining(instanceLayout(other).databasePath) },
		]);
	});

	it("calls a record stale if another process has the recorded pid, or if the machine was booted since", async () => {
		await using box = await sandbox();
		const { rewrite } = await plantRemains(box);
		const stranger = spawn("sleep", ["60"], { stdio: "ignore" });
		try {
			const identity = await identifyProcess(stranger.pid ?? 0);
			if (identity === undefined) throw new Error("The process could not be identified.");
			const record = (changes: Partial<ProcessIdentity>) =>
				rewrite({ identity: { ...identity, ...changes } });
			await record({ startTime: "1" });
			expect(await list(box)).toMatchObject([{ kind: "stale", pid: stranger.pid }]);
			await record({ bootId: "00000000-0000-0000-0000-000000000000" });
			expect(await list(box)).toMatchObject([{ kind: "stale", reason: expect.stringContaining("machine") }]);
			await record({ pidNamespace: "pid:[1]" });
			expect(await list(box)).toMatchObject([{ kind: "unknown" }]);
			await writeFile(box.layout.recordPath, "garbage");
			expect(await list(box)).toMatchObject([
				{ kind: "stopped", detail: expect.stringContaining("it is not JSON") },
			]);
		} finally {
			stranger.kill("SIGKILL");
		}
	});

	it("reads only the environment variables of the storage root", async () => {
		await using box = await sandbox();
		await plantRemains(box);
		const environment = { ...box.environment, RIVET_ENDPOINT: "garbage", RIVET_RUN_ENGINE_PORT: "many" };
		expect(await listInstances({ environment })).toMatchObject([{ kind: "stopped" }]);
	});

	it("distinguishes an unreadable folder from a missing folder", async () => {
		await using box = await sandbox();
		await mkdir(box.layout.folder, { recursive: true });
		await writeFile(path.join(box.layout.folder, "instances"), "");
		const error = await expectEngineError(list(box), "path_occupied");
		expect(error.message).toContain("ENOTDIR");
	});
});
