import { chmod, writeFile } from "node:fs/promises";
import path from "node:path";
import { realEngineVersion } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import { startByHand } from "../../engine-lifecycle/test/by-hand.ts";
import { sandbox } from "../../engine-lifecycle/test/sandbox.ts";
import { run, runBuilt, target } from "./tool.ts";

// Seen to fail without the flags `--force` and `--grace`, without `stopped` in the document, and without the warning.

describe("B38 rivet-enginectl restart", () => {
	it("starts an engine, then replaces it by another, and says both", async () => {
		await using box = await sandbox();
		const first = await run(box, ["restart", "--json", ...target(box)]);
		expect(JSON.parse(first.stdout)).toMatchObject({ kind: "spawned", stopped: { kind: "not-running" } });
		const { pid } = JSON.parse(first.stdout);
		const second = await run(box, ["restart", ...target(box)]);
		expect(second).toMatchObject({
			code: 0,
			stdout: expect.stringContaining(
				`The engine at ${box.endpoint} (pid ${pid}) has stopped.\nRivet engine`,
			),
			stderr: expect.stringContaining(`Stopping the engine (pid ${pid}) that runs`),
		});
		expect(await box.engines()).toHaveLength(1);
		expect(await box.engines()).not.toContain(pid);
	});

	it("and `stop` leave an engine without a record alone, unless forced", async () => {
		await using box = await sandbox();
		const { pid } = await startByHand(box, box.layout.databasePath);
		for (const command of ["restart", "stop"]) {
			expect(await run(box, [command, ...target(box)])).toMatchObject({
				code: 1,
				stderr: expect.stringContaining("--force"),
			});
			expect(await box.engines()).toEqual([pid]);
		}
		expect(await run(box, ["restart", "--force", "--json", ...target(box)])).toMatchObject({ code: 0 });
		expect(await run(box, ["stop", "--force", "--grace", "5000", ...target(box)])).toMatchObject({
			code: 0,
			stdout: expect.stringMatching(/has stopped\.\n$/),
		});
		expect(await box.engines()).toEqual([]);
	});

	it("says that no engine runs if it is interrupted once the old engine has ended", async () => {
		await using box = await sandbox();
		const { pid } = JSON.parse((await run(box, ["start", "--json", ...target(box)])).stdout);
		const file = path.join(box.folder, "rivet-engine");
		const interrupts = 'kill -s TERM "$PPID"; exec sleep 60';
		await writeFile(
			file,
			`#!/bin/sh\n[ "$1" = --version ] && echo "Rivet ${realEngineVersion}" && exit\n${interrupts}\n`,
		);
		await chmod(file, 0o755);
		const { code, stderr } = await runBuilt(box, ["restart", "--binary", file, ...target(box)]);
		expect(code).toBe(143);
		expect(stderr).toContain("error: Interrupted by SIGTERM.");
		expect(stderr).toContain(
			`warning: the engine that ran before was stopped, and no other runs in its place {"pid":${pid}}`,
		);
		expect(await box.engines()).toEqual([]);
	});

	it("shows an example in its help", async () => {
		await using box = await sandbox();
		expect((await run(box, ["restart", "--help", ...target(box)])).stdout).toContain(
			"$ rivet-enginectl restart",
		);
	});
});
