import { existsSync, readdirSync } from "node:fs";
import { mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { instanceLayout } from "@rivetkit/engine-core";
import { withLock } from "@rivetkit/engine-core/lock";
import { expectEngineError, runUpstreamHost } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import type { EngineOptions } from "../../../engine-config/src/engine-options.ts";
import { listInstances } from "../../../engine-instances/src/list/list-instances.ts";
import {
	type PruneInstancesOptions,
	pruneInstances,
} from "../../../engine-instances/src/prune/prune-instances.ts";
import { stopEngine } from "../../src/stop/stop-engine.ts";
import { plantRemains } from "../planted-record.ts";
import { type Sandbox, sandbox } from "../sandbox.ts";
import { spawnedPid } from "./spawned-pid.ts";

// Seen to fail: without the check for a database, with the logs of a living engine counted as surplus, with `runtime.json`
// taken for ours everywhere, without the check of the lock, with folders removed in spite of their content, with `dryRun`
// ignored, with whole paths of logs compared, with links and empty folders taken for no database, with a name taken for proof
// of our own file, with an unavailable lock reported as a start, with all variables read, and with each error of a folder
// taken for its absence.

const list = (box: Sandbox) => listInstances({ environment: box.environment, storageRoot: box.storageRoot });
const prune = (box: Sandbox, options: Partial<PruneInstancesOptions> = {}) =>
	pruneInstances({ environment: box.environment, storageRoot: box.storageRoot, ...options });

/** Starts an engine and stops it. */
async function stoppedEngine(box: Sandbox, options: EngineOptions = {}): Promise<void> {
	await spawnedPid(box, options);
	await stopEngine({ environment: box.environment, ...box.options, ...options });
}

/** Adds ten pairs of logs that are older than all others. */
async function addOldLogs(folder: string): Promise<void> {
	await mkdir(folder, { recursive: true });
	for (let seconds = 1_600_000_000; seconds < 1_600_000_010; seconds++) {
		for (const stream of ["stdout", "stderr"]) {
			await writeFile(path.join(folder, `engine-${seconds}-1-0123abcd-${stream}.log`), "a line\n");
		}
	}
}

describe("B38 prune", () => {
	it("removes old logs of ours, but no log of a living engine, no database and no record of a database", async () => {
		await using box = await sandbox();
		const { logsFolder, databasePath, recordPath } = box.layout;
		await spawnedPid(box);
		const [inUse] = (await list(box)).map(({ logs }) => logs);
		await addOldLogs(logsFolder);
		const ofRivetkit = path.join(logsFolder, "engine-1600000000-stdout.log");
		await writeFile(ofRivetkit, "");
		const database = readdirSync(databasePath);
		const planned = await prune(box, { keepLogs: 0, dryRun: true });
		expect(planned).toMatchObject({ dryRun: true, freedBytes: 20 * "a line\n".length });
		expect(planned.removed.map(({ kind }) => kind)).toEqual(Array(20).fill("log"));
		expect(await readdir(logsFolder)).toHaveLength(23);

		const result = await prune(box, { keepLogs: 0 });
		expect({ ...result, dryRun: true }).toEqual(planned);
		expect((await readdir(logsFolder)).sort()).toEqual(
			[inUse?.stdout ?? "", inUse?.stderr ?? "", ofRivetkit].map((file) => path.basename(file)).sort(),
		);
		expect(result.kept).toEqual([
			{ instance: "", path: recordPath, reason: expect.stringContaining("its engine is alive") },
		]);
		expect(readdirSync(databasePath)).toEqual(expect.arrayContaining(database));
		expect(await list(box)).toMatchObject([{ kind: "running" }]);
	});

	it("keeps the newest ten pairs by default", async () => {
		await using box = await sandbox();
		await plantRemains(box);
		await addOldLogs(box.layout.logsFolder);
		expect((await prune(box)).removed).toHaveLength(2);
		expect((await prune(box, { keepLogs: 3 })).removed).toHaveLength(14);
		expect(await readdir(box.layout.logsFolder)).toHaveLength(6);
	});

	it("removes the record of a dead engine only without a database", async () => {
		await using box = await sandbox();
		await stoppedEngine(box);
		const { layout } = await plantRemains(box, "second");
		const kept = await prune(box, { keepLogs: 0 });
		expect(kept.removed.map(({ kind }) => kind)).toEqual(Array(4).fill("log"));
		expect(kept.kept).toEqual(
			[box.layout, layout].map(({ name, recordPath }) => ({
				instance: name,
				path: recordPath,
				reason: "its database is there, and the record says which versions may use it",
			})),
		);
		await rm(layout.databasePath, { recursive: true });
		await rm(box.layout.databasePath, { recursive: true });
		const planned = await prune(box, { dryRun: true });
		expect(existsSync(layout.recordPath)).toBe(true);
		expect(planned.removed.map((one) => one.path)).toEqual([
			box.layout.recordPath,
			layout.recordPath,
			layout.rivetkitRecordPath,
			layout.logsFolder,
			layout.folder,
		]);
		expect(await prune(box)).toEqual({ ...planned, dryRun: false });
		expect(existsSync(layout.folder)).toBe(false);
		// rivetkit reads this record, so it is not ours to remove.
		expect(existsSync(box.layout.rivetkitRecordPath)).toBe(true);
		expect(await prune(box)).toMatchObject({ removed: [], kept: [] });
	});

	it("keeps a record that cannot be judged or read, and a folder with other files in it", async () => {
		await using box = await sandbox();
		const { layout, record } = await plantRemains(box, "second");
		await rm(layout.databasePath, { recursive: true });
		const elsewhere = { ...record, identity: { ...record.identity, pidNamespace: "pid:[1]" } };
		for (const content of [JSON.stringify(elsewhere), "garbage"]) {
			await writeFile(layout.recordPath, content);
			expect(await prune(box)).toMatchObject({ removed: [], kept: [{ path: layout.recordPath }] });
			expect(await readFile(layout.recordPath, "utf8")).toBe(content);
		}
		await writeFile(layout.recordPath, JSON.stringify(record));
		await writeFile(path.join(layout.folder, "notes.txt"), "not ours");
		await prune(box, { keepLogs: 0 });
		expect(await readdir(layout.folder)).toEqual(["notes.txt"]);
	});

	it("keeps an instance on which an engine is being started", async () => {
		await using box = await sandbox();
		const { layout } = await plantRemains(box, "second");
		await rm(layout.databasePath, { recursive: true });
		await withLock(layout.lockFolder, async () => {
			expect(await prune(box, { keepLogs: 0 })).toMatchObject({
				removed: [],
				kept: [{ path: layout.folder, reason: "an engine is being started there" }],
			});
		});
		expect(existsSync(layout.recordPath)).toBe(true);
	});

	it("keeps the logs of an instance on which an engine of another program runs", async () => {
		await using box = await sandbox();
		await addOldLogs(box.layout.logsFolder);
		await using host = runUpstreamHost({ storageRoot: box.storageRoot, port: box.port }, box.environment);
		await host.nextLine();
		const { removed, kept } = await prune(box, { keepLogs: 0 });
		expect(removed).toEqual([]);
		expect(kept).toMatchObject([{ path: box.layout.logsFolder }]);
	});

	it("keeps the logs of a living engine if a link leads to the storage root", async () => {
		await using box = await sandbox();
		await spawnedPid(box);
		const [running] = await list(box);
		const link = path.join(box.folder, "link");
		await symlink(box.storageRoot, link);
		expect((await prune(box, { keepLogs: 0, storageRoot: link })).removed).toEqual([]);
		expect(existsSync(running?.logs?.stdout ?? "")).toBe(true);
	});

	it("keeps the record of a database that may exist where it cannot be seen", async () => {
		await using box = await sandbox();
		const { layout, rewrite } = await plantRemains(box, "second");
		await rm(layout.databasePath, { recursive: true });
		await symlink(path.join(box.folder, "not mounted"), layout.databasePath);
		expect(await prune(box)).toMatchObject({ removed: [], kept: [{ path: layout.recordPath }] });
		await rm(layout.databasePath);
		await mkdir(layout.databasePath);
		expect(await prune(box)).toMatchObject({ removed: [], kept: [{ path: layout.recordPath }] });
		// No engine has ever been healthy on this database.
		await rewrite({ lastDatabaseVersion: null });
		await prune(box);
		expect(existsSync(layout.recordPath)).toBe(false);
	});

	it("B42 keeps the record of a PostgreSQL database, without a request to PostgreSQL", async () => {
		await using box = await sandbox();
		const { layout, rewrite } = await plantRemains(box, "second");
		await rm(layout.databasePath, { recursive: true });
		await rewrite({ postgres: "db.internal:5432/app" });
		expect(await prune(box)).toMatchObject({
			removed: [],
			kept: [{ path: layout.recordPath, reason: expect.stringContaining("in PostgreSQL") }],
		});
		await rewrite({ postgres: "db.internal:5432/app", lastDatabaseVersion: null });
		await prune(box);
		expect(existsSync(layout.recordPath)).toBe(false);
	});

	it("keeps files of other programs that have names like ours", async () => {
		await using box = await sandbox();
		const { layout } = await plantRemains(box, "second");
		await rm(layout.recordPath);
		await rm(layout.databasePath, { recursive: true });
		const folder = path.join(layout.logsFolder, "engine-1600000000-1-0123abcd-stdout.log");
		await mkdir(folder);
		const mine = instanceLayout(box.storageRoot, "mine").folder;
		await mkdir(mine);
		const { removed, failed } = await prune(box, { keepLogs: 0 });
		expect(failed).toEqual([]);
		expect(removed.map(({ kind }) => kind)).toEqual(["log", "log"]);
		expect([mine, folder, layout.rivetkitRecordPath].map((file) => existsSync(file))).toEqual([
			true,
			true,
			true,
		]);
	});

	it("names what could not be removed, and why, without the lock", async () => {
		await using box = await sandbox();
		const { layout } = await plantRemains(box, "second");
		await writeFile(layout.lockFolder, "");
		expect(await prune(box, { keepLogs: 0 })).toMatchObject({
			removed: [],
			kept: [],
			failed: [{ path: layout.folder, reason: expect.stringContaining("ENOTDIR") }],
		});
	});

	it.each([-1, 1.5, Number.NaN])("refuses to keep %j logs", async (keepLogs) => {
		await using box = await sandbox();
		await expect(prune(box, { keepLogs })).rejects.toMatchObject({ code: "invalid_option" });
	});

	it("reads only the environment variables of the storage root", async () => {
		await using box = await sandbox();
		await plantRemains(box);
		const environment = { ...box.environment, RIVET_ENDPOINT: "garbage", RIVET_RUN_ENGINE_PORT: "many" };
		expect(await pruneInstances({ environment, keepLogs: 0 })).toMatchObject({ freedBytes: 14 });
	});

	it("distinguishes an unreadable folder from a missing folder", async () => {
		await using box = await sandbox();
		await mkdir(box.layout.folder, { recursive: true });
		await writeFile(path.join(box.layout.folder, "instances"), "");
		const error = await expectEngineError(prune(box), "path_occupied");
		expect(error.message).toContain("ENOTDIR");
	});
});
