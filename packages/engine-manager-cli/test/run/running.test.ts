import { realEngineVersion } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import { sandbox } from "../../../engine-lifecycle/test/sandbox.ts";
import { run, target } from "../tool.ts";
import { count, foreground } from "./foreground.ts";

// Seen to fail with the log passed to nobody, with readiness told on standard output, with another engine that answers
// taken for the own one, and without `foreground` in the record.

describe("B42 rivet-enginectl run", () => {
	it("prints the engine's log on standard output, and on standard error that the engine is ready", async () => {
		await using box = await sandbox();
		await using engine = foreground(box);
		const { pid, version, endpoint } = await engine.ready();
		expect({ version, endpoint }).toEqual({ version: realEngineVersion, endpoint: box.endpoint });
		expect(await box.engines()).toEqual([pid]);
		engine.child.kill();
		expect(await engine.closed).toBe(0);
		expect(engine.stdout()).toContain("HTTP server listening on");
		expect(engine.stdout()).toContain('message="all services finished"');
		const lines = engine.stdout().trim().split("\n");
		expect(
			lines.filter((line) => !line.startsWith("ts=")),
			"nothing but the engine's lines",
		).toEqual([]);
		expect(engine.stderr(), "nothing of the engine's lines").not.toContain("ts=");
	});

	it("tells a person as well that the engine is ready", async () => {
		await using box = await sandbox();
		await using engine = foreground(box, { isForPerson: true });
		const [, version, , endpoint] = await engine.says(
			/^Rivet engine (\S+) \(pid (\d+)\) is ready at (\S+)\.$/m,
		);
		expect({ version, endpoint }).toEqual({ version: realEngineVersion, endpoint: box.endpoint });
		engine.child.kill();
		expect(await engine.closed).toBe(0);
	});

	it("ends with 0 when another command stops its engine, which all commands see", async () => {
		await using box = await sandbox();
		await using engine = foreground(box);
		const { pid } = await engine.ready();
		const json = async (...args: string[]) => JSON.parse((await run(box, [...args, "--json"])).stdout);
		expect(await json("status", ...target(box))).toMatchObject({
			kind: "running",
			pid,
			database: { kind: "answers" },
		});
		const listed = await run(box, ["list", ...target(box).slice(0, 2), "--json"]);
		expect(listed.stdout).toContain(`"pid": ${pid}`);
		const logs = await run(box, ["logs", ...target(box), "-n", "500"]);
		expect(logs).toMatchObject({ code: 0, stdout: expect.stringContaining("HTTP server listening on") });
		expect(await json("stop", ...target(box))).toMatchObject({ kind: "stopped", pid, outcome: "exited" });
		expect(await engine.closed).toBe(0);
		expect(await box.engines()).toEqual([]);
	});

	it("is refused if an engine answers already, which goes on", async () => {
		await using box = await sandbox();
		const { pid } = JSON.parse((await run(box, ["start", ...target(box), "--json"])).stdout);
		const refused = await run(box, ["run", ...target(box), "--json"]);
		expect(refused.code).toBe(1);
		expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: "already_running" } });
		expect(await box.engines()).toEqual([pid]);
	});

	it("is refused if another run was faster", async () => {
		await using box = await sandbox();
		await using one = foreground(box);
		await using other = foreground(box);
		const first = await Promise.race([one, other].map((each) => each.exited.then(() => each)));
		const second = first === one ? other : one;
		expect(await first.closed).toBe(1);
		expect(first.stdout()).toContain('"already_running"');
		const { pid } = await second.ready();
		expect(await box.engines()).toEqual([pid]);
		second.child.kill();
		expect(await second.closed).toBe(0);
		expect(count(second.stdout(), "received SIGTERM")).toBe(1);
	});

	it("runs an engine that other commands reuse, and do not restart", async () => {
		await using box = await sandbox();
		await using engine = foreground(box);
		const { pid } = await engine.ready();
		const restarted = await run(box, ["restart", ...target(box), "--json"]);
		expect(restarted.code).toBe(1);
		expect(JSON.parse(restarted.stdout)).toMatchObject({
			error: { code: "not_ours", message: expect.stringContaining("in the foreground"), metadata: { pid } },
		});
		const started = await run(box, ["start", ...target(box), "--json"]);
		expect(JSON.parse(started.stdout)).toMatchObject({ kind: "reused", pid });
		expect(await box.engines()).toEqual([pid]);
	});
});
