import { readFile } from "node:fs/promises";
import net from "node:net";
import { createFakeEngine, processGone } from "@rivetkit/engine-testkit";
import { describe, expect, it, vi } from "vitest";
import { freeze } from "../../../engine-lifecycle/test/freeze.ts";
import { type Sandbox, sandbox } from "../../../engine-lifecycle/test/sandbox.ts";
import { supervised } from "../../../engine-lifecycle/test/supervised.ts";
import { count, foreground, logCopies } from "./foreground.ts";

// Seen to fail with signals passed on twice or not at all, SIGHUP passed on as it is, the record left unmarked, a start
// that does not hear of signals, exit codes of 1.

/** What the record of a sandbox's engine says of its end. */
async function recordedEnding(box: Sandbox): Promise<unknown> {
	return JSON.parse(await readFile(box.layout.recordPath, "utf8")).ending;
}

describe("B42 a signal to rivet-enginectl run", () => {
	it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
		"%s is passed on once, and the engine ends properly",
		async (signal) => {
			await using box = await sandbox();
			await using engine = foreground(box);
			await engine.ready();
			engine.child.kill(signal);
			expect(await engine.closed).toBe(0);
			// So it calls both that it knows.
			expect(count(engine.stdout(), 'message="received SIGTERM"')).toBe(1);
			expect(engine.stdout()).not.toContain("received another");
			expect(engine.stdout()).toContain("all services finished");
			expect(await box.engines()).toEqual([]);
			expect(await recordedEnding(box)).toBe("stop");
		},
	);

	it("SIGTERM is passed on again where it comes again", async () => {
		await using box = await sandbox();
		await using engine = foreground(box, { args: ["--grace", "3000"] });
		await engine.ready();
		// A client that an engine waits for, so that it is there for the second one.
		const socket = net.connect(box.port, "127.0.0.1").on("error", () => {});
		await new Promise<void>((resolve) => socket.write("GET / HTTP/1.1\r\n", () => resolve()));
		engine.child.kill();
		await vi.waitUntil(() => engine.stdout().includes("received SIGTERM"), { interval: 5, timeout: 10_000 });
		engine.child.kill();
		expect(await engine.closed).toBe(0);
		expect(count(engine.stdout(), "received another SIGTERM")).toBe(1);
		socket.destroy();
	});

	it("SIGQUIT is passed on as it is, which an engine dies of, and is no stop", async () => {
		await using box = await sandbox();
		await using engine = foreground(box);
		await engine.ready();
		engine.child.kill("SIGQUIT");
		expect(await engine.closed).toBe(131);
		expect(await box.engines()).toEqual([]);
		expect(await recordedEnding(box)).toBeUndefined();
	});

	it.each([
		["SIGTERM", 143],
		["SIGINT", 130],
		["SIGHUP", 129],
	] as const)("%s during the start ends it with %i, and nothing is left", async (signal, code) => {
		await using box = await sandbox();
		await using never = await createFakeEngine({ healthyAfterMs: "never", ignoreSigterm: true });
		await using engine = foreground(box, { args: ["--binary", never.path] });
		const { pid } = await never.report();
		engine.child.kill(signal);
		expect(await engine.closed).toBe(code);
		expect(engine.stderr()).toContain(`interrupted by ${signal}`);
		await processGone(pid);
	});

	it("SIGTERM before there is a process of the engine ends it as well", async () => {
		await using box = await sandbox();
		await using engine = foreground(box, { isForPerson: true });
		await engine.says(/^Asking /);
		engine.child.kill();
		expect([0, 143], "it may have been ready by then").toContain(await engine.closed);
		expect(await box.engines()).toEqual([]);
	});
});

describe("B42 an engine in the foreground", () => {
	it("that somebody kills ends the program with 137", async () => {
		await using box = await sandbox();
		await using engine = foreground(box);
		const { pid } = await engine.ready();
		process.kill(pid, "SIGKILL");
		expect(await engine.closed).toBe(137);
		expect(await recordedEnding(box), "that was a crash").toBeUndefined();
	});

	it("that was ended is not started again by a host that restarts it after crashes", async () => {
		await using box = await sandbox();
		await using engine = foreground(box);
		const { pid } = await engine.ready();
		await using host = await supervised(box);
		expect(host.engine.startup).toMatchObject({ kind: "reused", record: { identity: { pid } } });
		engine.child.kill();
		expect(await engine.closed).toBe(0);
		await host.engine.exited;
		expect(host.lifecycle()).toEqual([]);
		expect(await box.engines()).toEqual([]);
	});

	it("that crashes is left to whoever runs it, though a host tells of it", async () => {
		await using box = await sandbox();
		await using engine = foreground(box);
		const { pid } = await engine.ready();
		await using host = await supervised(box);
		const { exited } = host.engine;
		process.kill(pid, "SIGKILL");
		expect(await engine.closed).toBe(137);
		await exited;
		expect(host.lifecycle().map(({ kind }) => kind)).toEqual(["crashed"]);
		expect(await box.engines()).toEqual([]);
	});

	it("that takes too long is killed, which no host takes for a crash either", async () => {
		await using box = await sandbox();
		await using engine = foreground(box, { args: ["--grace", "200"] });
		const { pid } = await engine.ready();
		await using host = await supervised(box);
		await freeze(pid);
		engine.child.kill();
		expect(await engine.closed).toBe(137);
		expect(engine.stderr()).toContain("did not end in time and is killed");
		await host.engine.exited;
		expect(host.lifecycle()).toEqual([]);
		expect(await logCopies(box), "it had no chance to hear of it").not.toContain("received SIGTERM");
	});
});
