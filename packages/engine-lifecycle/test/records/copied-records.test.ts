import { spawnSync } from "node:child_process";
import { cp, mkdir, rename, symlink } from "node:fs/promises";
import path from "node:path";
import { identifyProcess } from "@rivetkit/engine-core/process";
import { expectEngineError } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import { listInstances } from "../../../engine-instances/src/list/list-instances.ts";
import { startOrReuse } from "../../src/start-or-reuse.ts";
import { stopEngine } from "../../src/stop/stop-engine.ts";
import { mayMount } from "../run-on-disk.ts";
import { builtPackage, type Sandbox, sandbox } from "../sandbox.ts";

// Seen to fail: the copies with each record of a living engine believed, the link with the paths compared as text, the mount
// with only the real paths compared, and the moved folders without the check of the engine's open database.

async function runningEngine(box: Sandbox): Promise<number> {
	const { startup } = await startOrReuse({ ...box.options, environment: box.environment });
	if (startup.kind !== "spawned") throw new Error("It was not spawned.");
	return startup.pid;
}

async function isAlive(pid: number): Promise<boolean> {
	return (await identifyProcess(pid)) !== undefined;
}

const another = (box: Sandbox): string => path.join(box.folder, "another", ".rivetkit");

describe("B37 the record of a living engine in a copy of its folder", () => {
	it("does not let a stop end the engine, with its port or without", async () => {
		await using box = await sandbox();
		const pid = await runningEngine(box);
		const storageRoot = another(box);
		await cp(box.storageRoot, storageRoot, { recursive: true });
		const elsewhere = { storageRoot, bindPort: await box.anotherPort() };
		expect(await stopEngine({ ...elsewhere, environment: box.environment })).toMatchObject({
			kind: "not-running",
			detail: `its record was copied from '${box.layout.databasePath}'`,
		});
		const there = stopEngine({ environment: box.environment, ...box.options, storageRoot, force: true });
		expect((await expectEngineError(there, "not_ours")).message).toContain(box.layout.databasePath);
		expect(await isAlive(pid)).toBe(true);
		expect(await listInstances({ environment: box.environment, storageRoot })).toMatchObject([
			{ kind: "stopped", detail: `its record was copied from '${box.layout.databasePath}'` },
		]);
		expect(await startOrReuse({ ...elsewhere, environment: box.environment })).toMatchObject({
			startup: { kind: "spawned" },
		});
	});

	it("does not let a stop end the engine if the original was moved and the copy is in its place", async () => {
		await using box = await sandbox();
		const pid = await runningEngine(box);
		await mkdir(path.dirname(another(box)));
		await rename(box.storageRoot, another(box));
		await cp(another(box), box.storageRoot, { recursive: true });
		const stop = stopEngine({ environment: box.environment, ...box.options, force: true });
		expect((await expectEngineError(stop, "not_ours")).message).toContain(another(box));
		expect(await isAlive(pid)).toBe(true);
	});
});

describe("B37 the record of an engine whose database is reached by another path", () => {
	it("counts through a link", async () => {
		await using box = await sandbox();
		const pid = await runningEngine(box);
		await symlink(path.dirname(box.storageRoot), path.dirname(another(box)));
		expect(await stopEngine({ environment: box.environment, storageRoot: another(box) })).toMatchObject({
			kind: "stopped",
			pid,
		});
	});

	it("counts after the folder was moved under the running engine", async () => {
		await using box = await sandbox();
		const pid = await runningEngine(box);
		await mkdir(path.dirname(another(box)));
		await rename(box.storageRoot, another(box));
		expect(await listInstances({ environment: box.environment, storageRoot: another(box) })).toMatchObject([
			{ kind: "running", pid },
		]);
		expect(await stopEngine({ environment: box.environment, storageRoot: another(box) })).toMatchObject({
			kind: "stopped",
			pid,
		});
	});

	it.skipIf(!mayMount)("counts through a second mount of the folder", async () => {
		await using box = await sandbox();
		const pid = await runningEngine(box);
		await mkdir(another(box), { recursive: true });
		const program = `
			import { stopEngine } from ${JSON.stringify(builtPackage("engine-lifecycle"))};
			const options = ${JSON.stringify({ storageRoot: another(box) })};
			console.log(JSON.stringify(await stopEngine({ ...options, environment: process.env })));
		`;
		const script = 'mount --bind "$1" "$2" && exec "$3" --input-type=module -e "$4"';
		const { stdout, stderr } = spawnSync(
			"unshare",
			["--mount", "sh", "-c", script, "sh", box.storageRoot, another(box), process.execPath, program],
			{ env: { ...process.env, ...box.environment }, encoding: "utf8" },
		);
		expect(stderr).toBe("");
		expect(JSON.parse(stdout)).toMatchObject({ kind: "stopped", pid });
	});
});
