import { describe, expect, it } from "vitest";
import { sandbox } from "../../../engine-lifecycle/test/sandbox.ts";
import { run, target } from "../tool.ts";
import { foreground } from "./foreground.ts";

// Seen to fail without the end of what was abandoned: the next `run` says `already_running`, however often it is tried.

describe("B42 rivet-enginectl run that was killed", () => {
	it("does not hinder the next one, though its engine is still there", async () => {
		await using box = await sandbox();
		await using engine = foreground(box);
		const { pid } = await engine.ready();
		engine.child.kill("SIGKILL");
		await engine.exited;
		// Its output is broken, which it takes no notice of.
		for (let request = 0; request < 3; request++) {
			expect((await fetch(`${box.endpoint}/nowhere`)).status).toBe(404);
		}
		expect(await box.engines()).toEqual([pid]);
		await using next = foreground(box);
		const { pid: nextPid } = await next.ready();
		expect(await box.engines()).toEqual([nextPid]);
		expect(next.stderr()).toContain("the engine of a process that was killed is still there");
	});

	it("leaves an engine that can be restarted, as any other", async () => {
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

	it("leaves one engine to two that come after it at once", async () => {
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

	it("during its start leaves nothing that hinders the next one", async () => {
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
