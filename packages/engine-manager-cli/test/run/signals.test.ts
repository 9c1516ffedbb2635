import { readFile } from "node:fs/promises";
import net from "node:net";
import { createFakeEngine, processGone } from "@rivetkit/engine-testkit";
import { describe, expect, it, vi } from "vitest";
import { freeze } from "../../../engine-lifecycle/test/freeze.ts";
import { type Sandbox, sandbox } from "../../../engine-lifecycle/test/sandbox.ts";
import { supervised } from "../../../engine-lifecycle/test/supervised.ts";
import { count, foreground, logCopies } from "./foreground.ts";

// Seen to fail with signals passed on twice or not at all, with SIGHUP passed on unchanged, without the mark in the record,
// with a start that ignores signals, and with exit codes of 1.

/** Reads from its record how the engine of a sandbox is being ended. */
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
			// The engine calls both signals that it knows by this name.
			expect(count(engine.stdout(), 'message="received SIGTERM"')).toBe(1);
			expect(engine.stdout()).not.toContain("received another");
			expect(engine.stdout()).toContain("all services finished");
			expect(await box.engines()).toEqual([]);
			expect(await recordedEnding(box)).toBe("stop");
		},
	);

	it("SIGTERM is passed on again if it comes again", async () => {
		await using box = await sandbox();
		await using engine = foreground(box, { args: ["--grace", "3000"] });
		await engine.ready();
		// The engine waits for this client, so it still runs when the second signal comes.
		const socket = net.connect(box.port, "127.0.0.1").on("error", () => {});
		await new Promise<void>((resolve) => socket.write("GET / HTTP/1.1\r\n", () => resolve()));
		engine.child.kill();
		await vi.waitUntil(() => engine.stdout().includes("received SIGTERM"), { interval: 5, timeout: 10_000 });
		engine.child.kill();
		expect(await engine.closed).toBe(0);
		expect(count(engine.stdout(), "received another SIGTERM")).toBe(1);
		socket.destroy();
	});

	it("SIGQUIT is passed on unchanged, kills the engine, and is not recorded as a stop", async () => {
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
	] as const)("%s during the start ends the tool with %i, and no engine is left", async (signal, code) => {
		await using box = await sandbox();
		await using never = await createFakeEngine({ healthyAfterMs: "never", ignoreSigterm: true });
		await using engine = foreground(box, { args: ["--binary", never.path] });
		const { pid } = await never.report();
		engine.child.kill(signal);
		expect(await engine.closed).toBe(code);
		expect(engine.stderr()).toContain(`interrupted by ${signal}`);
		await processGone(pid);
	});

	it("SIGTERM before the engine is spawned ends the tool as well", async () => {
		await using box = await sandbox();
		await using engine = foreground(box, { isForPerson: true });
		await engine.says(/^Asking /);
		engine.child.kill();
		expect([0, 143], "the engine may have been ready by then").toContain(await engine.closed);
		expect(await box.engines()).toEqual([]);
	});
});

describe("B42 an engine in the foreground", () => {
	it("that is killed ends the tool with 137", async () => {
		await using box = await sandbox();
		await using engine = foreground(box);
		const { pid } = await engine.ready();
		process.kill(pid, "SIGKILL");
		expect(await engine.closed).toBe(137);
		expect(await recordedEnding(box), "that was a crash").toBeUndefined();
	});

	it("that was stopped is not started again by a host that restarts it after crashes", async () => {
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

	it("that crashes is not started again by a host, which only reports the crash", async () => {
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

	it("that does not end in time is killed, which no host takes for a crash", async () => {
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
		expect(await logCopies(box), "it was frozen").not.toContain("received SIGTERM");
	});
});
