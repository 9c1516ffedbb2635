// Seen to fail with any nonce accepted, with a removal by a path that a record names, with a signal to any process that has
// the pid, with "unknown" taken for dead, and without the check of orphans, of their mark or of their engine.
import { mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { type InstanceLayout, instanceLayout } from "@rivetkit/engine-core";
import { identifyProcess } from "@rivetkit/engine-core/process";
import { readRecords } from "@rivetkit/engine-instances";
import { recordingLogger, runScript } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import { type Sandbox, sandbox } from "../../engine-lifecycle/test/sandbox.ts";
import { sweepLeftovers } from "../src/cleanup/sweep-leftovers.ts";
import { entriesIn, ephemeralFolderOf } from "./ephemeral-box.ts";

describe("B41 the leftovers of killed hosts", () => {
	/** Writes the record of an engine whose host is dead, unless `changes` says otherwise. */
	async function leftover(box: Sandbox, changes: Readonly<Record<string, unknown>> = {}, port = 20_000) {
		const folder = ephemeralFolderOf(box);
		const self = await identifyProcess(process.pid);
		// The start time says that another process had this pid.
		const host = { ...self, startTime: "1" };
		const record = { format: 1, nonce: "0123abcd", host, createdAt: "", ...changes };
		const storagePath = path.join(folder, `${port}-0123abcd`);
		await mkdir(folder, { recursive: true });
		await writeFile(path.join(folder, `${port}.json`), JSON.stringify(record));
		return { folder, self, storagePath, layout: instanceLayout(folder, storagePath) };
	}

	it("are removed, and no other process that has a recorded pid is signalled", async () => {
		await using box = await sandbox();
		await using stranger = runScript("console.log('here'); setInterval(() => {}, 1000);");
		await stranger.nextLine();
		const { folder, layout } = await leftover(box);
		await mkdir(layout.databasePath, { recursive: true });
		const identity = { ...(await identifyProcess(stranger.pid)), startTime: "1" };
		await writeFile(layout.recordPath, JSON.stringify(recordOf(identity, layout)));
		expect((await readRecords(layout)).recorded).toMatchObject({ kind: "present" });
		await sweepLeftovers(folder);
		expect(await entriesIn(box)).toEqual([]);
		expect(await identifyProcess(stranger.pid), "it lives").toMatchObject({ pid: stranger.pid });
	});

	it("are removed all at once, also if an older version has recorded more about them", async () => {
		await using box = await sandbox();
		const { folder } = await leftover(box);
		await leftover(box, {}, 20_020);
		await leftover(box, { sharedAs: "0".repeat(32), keepOnFailure: false }, 20_040);
		await sweepLeftovers(folder);
		expect(await entriesIn(box)).toEqual([]);
	});

	it("are removed if their record is gone, unless they are kept or their engine may live", async () => {
		await using box = await sandbox();
		const { folder, self, layout, storagePath } = await leftover(box);
		await rm(path.join(folder, "20000.json"));
		await mkdir(storagePath);
		await writeFile(layout.recordPath, JSON.stringify(recordOf(self, layout)));
		await sweepLeftovers(folder);
		expect(await entriesIn(box)).toEqual(["20000-0123abcd"]);

		await writeFile(layout.recordPath, JSON.stringify(recordOf({ ...self, startTime: "1" }, layout)));
		await writeFile(path.join(storagePath, "kept"), "");
		await sweepLeftovers(folder);
		expect(await entriesIn(box)).toEqual(["20000-0123abcd"]);

		await rm(path.join(storagePath, "kept"));
		await sweepLeftovers(folder);
		expect(await entriesIn(box)).toEqual([]);
	});

	it("stay where a record would lead elsewhere, and so does the target of a link", async () => {
		await using box = await sandbox();
		const victim = path.join(box.folder, "victim");
		await mkdir(victim);
		await writeFile(path.join(victim, "file"), "");
		const { folder } = await leftover(box, { nonce: "../../../victim", storagePath: victim });
		await sweepLeftovers(folder);
		expect(await entriesIn(box)).toEqual(["20000.json"]);

		const { storagePath } = await leftover(box, { storagePath: victim });
		await symlink(victim, storagePath);
		await sweepLeftovers(folder);
		expect(await entriesIn(box)).toEqual([]);
		expect(await readdir(victim)).toEqual(["file"]);
	});

	it("stay while their host, or their engine, may live where it cannot be seen", async () => {
		await using box = await sandbox();
		const { folder, self, layout } = await leftover(box, {
			host: { ...(await identifyProcess(process.pid)) },
		});
		await sweepLeftovers(folder);
		expect(await entriesIn(box)).toEqual(["20000.json"]);

		const elsewhere = { ...self, pidNamespace: "pid:[1]" };
		await leftover(box, { host: elsewhere });
		await sweepLeftovers(folder);
		expect(await entriesIn(box)).toEqual(["20000.json"]);

		await leftover(box);
		await mkdir(layout.folder);
		await writeFile(layout.recordPath, JSON.stringify(recordOf(elsewhere, layout)));
		const logger = recordingLogger();
		await sweepLeftovers(folder, { logger });
		expect(await entriesIn(box)).toEqual(["20000-0123abcd", "20000.json"]);
		expect(logger.messages("warn")).toEqual(["an abandoned throw-away engine was left alone"]);
	});

	function recordOf(identity: unknown, layout: InstanceLayout) {
		return {
			format: 1,
			instanceId: "1",
			identity,
			endpoint: "http://127.0.0.1:20000",
			bindHost: "127.0.0.1",
			ports: { guard: 20000, apiPeer: 20001, metrics: 20010 },
			publicUrl: null,
			binary: { path: "/rivet-engine", source: "npm" },
			version: "2.3.19",
			databasePath: layout.databasePath,
			lastDatabaseVersion: null,
			logs: { stdout: "/out", stderr: "/err" },
			startedAt: "2026-01-02T03:04:05.678Z",
		};
	}
});
