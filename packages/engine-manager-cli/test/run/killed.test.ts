import { describe, expect, it } from "vitest";
import { sandbox } from "../../../engine-lifecycle/test/sandbox.ts";
import { run, target } from "../tool.ts";
import { foreground } from "./foreground.ts";

// Seen to fail with abandoned engines left running: every later `run` then ends with `already_running`.

describe("B42 rivet-enginectl run that was killed", () => {
	it("does not hinder the next run, though its engine still runs", async () => {
		await using box = await sandbox();
		await using engine = foreground(box);
		const { pid } = await engine.ready();
		engine.child.kill("SIGKILL");
		await engine.exited;
		// The engine goes on although nobody reads its output any more.
		for (let request = 0; request < 3; request++) {
			expect((await fetch(`${box.endpoint}/nowhere`)).status).toBe(404);
		}
		expect(await box.engines()).toEqual([pid]);
		await using next = foreground(box);
		const { pid: nextPid } = await next.ready();
		expect(await box.engines()).toEqual([nextPid]);
		expect(next.stderr()).toContain("the engine of a process that was killed is still there");
	});

	it("leaves an engine that `restart` replaces as any other", async () => {
		await using box = await sandbox();
		await using engine = foreground(box);
		const { pid } = await engine.ready();
		engine.child.kill("SIGKILL");
		await engine.exited;
		const restarted = await run(box, ["restart", ...target(box), "--json"]);
		expect(JSON.parse(restarted.stdout)).toMatchObject({
			kind: "spawned",
			stopped: { kind: "stopped", pid },
		});
		expect(await box.engines()).toHaveLength(1);
	});

	it("is followed by one engine, though two runs come at once", async () => {
		await using box = await sandbox();
		await using engine = foreground(box);
		await engine.ready();
		engine.child.kill("SIGKILL");
		await engine.exited;
		await using one = foreground(box);
		await using other = foreground(box);
		const first = await Promise.race([one, other].map((each) => each.exited.then(() => each)));
		const second = first === one ? other : one;
		expect(await first.closed).toBe(1);
		expect(first.stdout()).toContain('"already_running"');
		expect(await box.engines()).toEqual([(await second.ready()).pid]);
	});

	it("during its start leaves nothing that hinders the next run", async () => {
		await using box = await sandbox();
		await using engine = foreground(box, { isForPerson: true });
		await engine.says(/^Waiting for the engine/m);
		engine.child.kill("SIGKILL");
		await engine.exited;
		await using next = foreground(box);
		const { pid } = await next.ready();
		expect(await box.engines()).toEqual([pid]);
	});
});
