import { readdir, rm, writeFile } from "node:fs/promises";
import { withLock } from "@rivetkit/engine-core/lock";
import { probeEngine } from "@rivetkit/engine-health";
import { readRecords } from "@rivetkit/engine-instances";
import { createFakeEngine, processGone, runScript } from "@rivetkit/engine-testkit";
import { describe, expect, it, vi } from "vitest";
import type { EngineEvent } from "../../src/events.ts";
import { restartEngine } from "../../src/replace/restart-engine.ts";
import { startOrReuse } from "../../src/start-or-reuse.ts";
import { stopEngine } from "../../src/stop/stop-engine.ts";
import { startByHand } from "../by-hand.ts";
import { freeze } from "../freeze.ts";
import { hostVariables } from "../race-hosts.ts";
import { builtPackage, createNamespace, namespaces, type Sandbox, sandbox } from "../sandbox.ts";
import { manualClock, type Supervised, supervised } from "../supervised.ts";

// Seen to fail without these parts of engine-lifecycle:
// - the mark of a stop or restart in the record, its reading, or its writing if no engine runs: the tests of stops fail.
// - the log as evidence: a SIGTERM to an engine whose host has ended leads to a restart.
// - the recorded times of restarts: each host has a limit and pauses of its own.
// - the times of attempts that failed: an engine without its binary is tried again without a pause.
// - the permission that is checked under the locks; the watch that begins at once after a restart; the pause that does not
//   keep a process alive; the abort at the disposal.

describe("B40 an engine that is killed, by default", () => {
	it("is reported with its last log lines, and is not started again", async () => {
		await using box = await sandbox();
		const host = await supervised(box, { onCrash: undefined });
		const pid = await kill(box);
		expect(await host.engine.exited).toEqual({ kind: "signaled", signal: "SIGKILL" });
		expect(await host.event("crashed")).toEqual({
			kind: "crashed",
			pid,
			status: { kind: "signaled", signal: "SIGKILL" },
			logTail: expect.arrayContaining([expect.stringContaining("HTTP server listening on")]),
			reason: expect.stringContaining("killed it"),
			hint: expect.any(String),
		});
		expect(await box.engines()).toEqual([]);
		expect(host.clock.waits).toEqual([]);
	});
});

describe("B40 an engine that is killed, with onCrash: restart", () => {
	it.each(["spawned", "reused"])(
		"is started again with its data, after it was %s by its host",
		async (kind) => {
			await using box = await sandbox();
			if (kind === "reused") await startOrReuse({ ...box.options, environment: box.environment });
			await using host = await supervised(box);
			expect(host.engine.startup.kind).toBe(kind);
			await createNamespace(box.endpoint, "kept");
			const before = host.engine.startup;
			const killed = await kill(box);
			const { pid } = await host.event("restarted");
			expect(pid).not.toBe(killed);
			expect(await box.engines()).toEqual([pid]);
			expect(await namespaces(box.endpoint)).toContain("kept");
			expect(host.lifecycle()).toMatchObject([
				{ kind: "crashed", pid: killed },
				{ kind: "restarting", waitMs: 1000, attempt: 1 },
				{ kind: "restarted", pid },
			]);
			expect(host.engine.startup, "it stays what it was").toBe(before);
			expect(await host.exit()).toBeUndefined();
			expect(await recordedRestarts(box)).toHaveLength(1);
		},
	);

	it("is started again five times, half a minute apart, and then left alone", async () => {
		await using box = await sandbox();
		await using fake = await createFakeEngine();
		await using host = await supervised(box, { binaryPath: fake.path });
		for (let restarts = 0; restarts < 5; restarts++) {
			await kill(box);
			await host.event("restarted", restarts);
		}
		await kill(box);
		expect(await host.engine.exited).toEqual({ kind: "signaled", signal: "SIGKILL" });
		expect(host.clock.waits).toEqual([1000, 33_000, 33_000, 33_000, 33_000]);
		expect(host.lifecycle().at(-1)).toEqual({
			kind: "gave-up",
			restarts: 5,
			reason: expect.stringMatching(/^it has crashed again: .*killed it/),
			logTail: expect.arrayContaining([expect.stringContaining("HTTP server listening on")]),
		});
		expect(host.logger.entries.at(-1)).toMatchObject({
			level: "error",
			message: "the engine is not started again any more",
			fields: { log_tail: expect.arrayContaining([expect.stringContaining("HTTP server listening on")]) },
		});
		expect(await box.engines()).toEqual([]);
	});

	it("has restarts by other programs counted, so that a later host waits longer", async () => {
		await using box = await sandbox();
		await using fake = await createFakeEngine();
		const [binary, clock] = [{ binaryPath: fake.path }, manualClock()];
		await using first = await supervised(box, binary, clock);
		await kill(box);
		await first.event("restarted");
		await first[Symbol.asyncDispose]();
		await using second = await supervised(box, binary, clock);
		await kill(box);
		await second.event("restarted");
		expect(second.lifecycle()).toMatchObject([{}, { kind: "restarting", attempt: 2, waitMs: 33_000 }, {}]);
	});

	it.each([
		["it ends at once", "exit status: 3", ["Error: a broken engine"]],
		["there is none any more", "was not found", expect.any(Array)],
	])("is given up after five failed starts, with the reason: %s", async (why, reason, logTail) => {
		await using box = await sandbox();
		await using fake = await createFakeEngine();
		await using host = await supervised(box, { binaryPath: fake.path });
		const { pid } = await fake.report();
		const broken = { exit: { code: 3, stderr: "Error: a broken engine\n" } };
		if (why === "it ends at once") await createFakeEngine(broken, { folder: fake.folder });
		else await rm(fake.path);
		process.kill(pid, "SIGKILL");
		expect(await host.engine.exited).toEqual({ kind: "signaled", signal: "SIGKILL" });
		expect(host.clock.waits).toEqual([1000, 33_000, 33_000, 33_000, 33_000]);
		expect(host.lifecycle().at(-1)).toMatchObject({
			kind: "gave-up",
			restarts: 5,
			reason: expect.stringContaining(reason),
			logTail,
		});
	});

	it("is started again once, though five programs watch it, and all go on with the new engine", async () => {
		await using box = await sandbox();
		await using programs = watchingPrograms(box, 5);
		const { hosts } = programs;
		const before = await Promise.all(hosts.map((host) => host.nextLine()));
		expect(before.map((line) => JSON.parse(line).kind).sort()).toEqual([
			...["reused", "reused", "reused", "reused", "spawned"],
		]);
		await kill(box);
		const after = await Promise.all(hosts.map((host) => restartedPid(host)));
		expect(await box.engines()).toEqual([...new Set(after)]);
		expect(await readdir(box.layout.logsFolder), "only one was ever tried").toHaveLength(4);
		expect(await recordedRestarts(box)).toHaveLength(1);
	});
});

describe("B40 no crash is", () => {
	it("an engine that is stopped (SIGSTOP) or slow, with a record or without", async () => {
		await using box = await sandbox();
		await using other = await sandbox();
		await startOrReuse({ ...box.options, environment: box.environment });
		await startByHand(other, other.layout.databasePath);
		for (const place of [box, other]) {
			await using host = await supervised(place);
			const [pid = 0] = await place.engines();
			await freeze(pid);
			expect(await probeEngine(place.endpoint)).toMatchObject({ kind: "unresponsive" });
			expect(await host.exit()).toBeUndefined();
			process.kill(pid, "SIGCONT");
			await vi.waitUntil(async () => (await probeEngine(place.endpoint)).kind === "engine");
			expect(host.lifecycle()).toEqual([]);
		}
	});

	it("a stop: no watching host starts the engine again", async () => {
		await using box = await sandbox();
		// This engine is killed and logs nothing, so only the record tells the stop from a crash.
		await using fake = await createFakeEngine({ ignoreSigterm: true });
		const binary = { binaryPath: fake.path };
		await using spawner = await supervised(box, binary);
		await using watcher = await supervised(box, binary);
		await stopEngine({ environment: box.environment, ...box.options, graceMs: 1 });
		await ended([spawner, watcher], box);
		expect(await spawner.engine.exited).toEqual({ kind: "signaled", signal: "SIGKILL" });
	});

	it("a SIGTERM from another program", async () => {
		await using box = await sandbox();
		await using spawner = await supervised(box);
		await using watcher = await supervised(box);
		await kill(box, "SIGTERM");
		await ended([spawner, watcher], box);
		expect(await spawner.engine.exited).toEqual({ kind: "exited", code: 0 });
	});

	it("a SIGTERM from another program, to an engine whose host has ended", async () => {
		await using box = await sandbox();
		await (await supervised(box))[Symbol.asyncDispose]();
		await using watcher = await supervised(box);
		await kill(box, "SIGTERM");
		await ended([watcher], box);
	});

	it("a restart by another program: a watching host goes on with the new engine, and does not count it", async () => {
		await using box = await sandbox();
		await using spawner = await supervised(box);
		await using watcher = await supervised(box);
		const { engine } = await restartEngine({ ...box.options, environment: box.environment });
		const [pid] = await box.engines();
		expect(engine.startup).toMatchObject({ kind: "spawned", pid });
		for (const host of [spawner, watcher]) {
			expect(await host.event("restarted")).toEqual({ kind: "restarted", pid });
			expect(host.lifecycle()).toHaveLength(1);
			expect(await host.exit()).toBeUndefined();
		}
		expect(await recordedRestarts(box)).toEqual([]);
	});

	it("a restart by another program, even for a host that looks late and finds the record of the next engine", async () => {
		await using box = await sandbox();
		const script = `
			import { setTimeout as sleep } from "node:timers/promises";
			const { startOrReuse } = await import(${JSON.stringify(builtPackage("engine-manager"))});
			const events = [];
			const engine = await startOrReuse({
				...${JSON.stringify({ ...box.options, onCrash: "restart" })},
				onEvent: ({ kind }) => events.push(kind),
			});
			process.once("SIGUSR2", () => {
				console.log("busy");
				// The host blocks as in a long computation.
				Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3000);
			});
			console.log("started");
			engine.exited.then((status) => console.log("exited", JSON.stringify(status)));
			while (!events.includes("restarted")) await sleep(10);
			console.log("goes on");
			process.exit();
		`;
		await using host = runScript(script, { env: hostVariables(box) });
		expect(await host.nextLine()).toBe("started");
		host.kill("SIGUSR2");
		expect(await host.nextLine()).toBe("busy");
		await restartEngine({ environment: box.environment, ...box.options, force: true });
		expect(await host.nextLine()).toBe("goes on");
	});

	it("a restart by another program, even for a host that begins to watch when the next engine listens", async () => {
		await using box = await sandbox();
		await startOrReuse({ ...box.options, environment: box.environment });
		await using late = await startOrReuse({ ...box.options, environment: box.environment });
		await restartEngine({ ...box.options, environment: box.environment });
		expect(await late.exited).toEqual({ kind: "unknown" });
	});

	it("a restart whose program was killed in the middle: a watching host finishes it at once, and does not count it", async () => {
		await using box = await sandbox();
		await using host = await supervised(box);
		const { recorded } = await readRecords(box.layout);
		if (recorded.kind !== "present") throw new Error("There is no record.");
		// The number of restarts that the limit allows after crashes.
		const crashRestarts = Array.from({ length: 5 }, () => new Date(host.clock.now()).toISOString());
		const record = { ...recorded.record, ending: "restart", crashRestarts };
		await writeFile(box.layout.recordPath, JSON.stringify(record));
		await kill(box);
		await host.event("restarted");
		expect(host.lifecycle().map(({ kind }) => kind)).toEqual(["restarted"]);
		expect(host.clock.waits).toEqual([]);
		expect(await recordedRestarts(box)).toEqual(crashRestarts);
	});

	it("the end of an engine that another program started: a host reports it, and leaves the restart to that program", async () => {
		await using box = await sandbox();
		await startByHand(box, box.layout.databasePath);
		await using host = await supervised(box);
		await kill(box);
		expect(await host.engine.exited).toEqual({ kind: "unknown" });
		expect(host.lifecycle(), "nobody can tell whether that was a crash").toEqual([]);
		expect(host.logger.messages("warn").at(-1)).toContain("was started by another program");
		expect(await box.engines()).toEqual([]);
	});
});

describe("B40 a restart that is due later", () => {
	it("is called off by a stop", async () => {
		await using box = await sandbox();
		await using host = await supervised(box);
		const wait = host.clock.hold();
		await kill(box);
		await host.event("restarting");
		expect(await stopEngine({ ...box.options, environment: box.environment })).toMatchObject({
			kind: "not-running",
		});
		// The handle ends at once, though the clock still holds the wait.
		await ended([host], box);
		wait.release();
	});

	it("is called off by a stop during the search for the binary", async () => {
		await using box = await sandbox();
		let hasCrashed = false;
		let stopping: Promise<unknown> | undefined;
		const onEvent = ({ kind }: EngineEvent): void => {
			hasCrashed ||= kind === "crashed";
			if (hasCrashed && kind === "resolving")
				stopping = stopEngine({ ...box.options, environment: box.environment });
		};
		const host = await supervised(box, { onEvent });
		await kill(box);
		expect(await host.engine.exited).toEqual({ kind: "signaled", signal: "SIGKILL" });
		await stopping;
		expect(await box.engines()).toEqual([]);
	});

	it("is called off by a stop during the wait for the locks", async () => {
		await using box = await sandbox();
		await using host = await supervised(box);
		await withLock(box.layout.lockFolder, async () => {
			await kill(box);
			await host.event("waiting");
			await stopEngine({ ...box.options, environment: box.environment });
		});
		await ended([host], box);
	});

	it("reuses an engine that another host has started in the meantime", async () => {
		await using box = await sandbox();
		await using host = await supervised(box);
		const wait = host.clock.hold();
		await kill(box);
		await host.event("restarting");
		const { startup } = await startOrReuse({ ...box.options, environment: box.environment });
		wait.release();
		if (startup.kind !== "spawned") throw new Error("It was not spawned.");
		expect(await host.event("restarted")).toEqual({ kind: "restarted", pid: startup.pid });
		expect(await recordedRestarts(box)).toEqual([]);
	});

	it("never comes once the handle is disposed, and the engine goes on", async () => {
		await using box = await sandbox();
		await using fake = await createFakeEngine();
		const binary = { binaryPath: fake.path };
		const disposed = await supervised(box, binary);
		await disposed[Symbol.asyncDispose]();
		expect(await probeEngine(box.endpoint)).toMatchObject({ kind: "engine" });
		await using host = await supervised(box, binary);
		await kill(box);
		await host.event("restarted");
		expect(disposed.lifecycle()).toEqual([]);

		const wait = host.clock.hold();
		const pid = await kill(box);
		await host.event("restarting", 1);
		await host[Symbol.asyncDispose]();
		wait.release();
		await processGone(pid);
		await using next = await supervised(box, binary);
		expect(next.engine.startup.kind).toBe("spawned");
		await kill(box);
		await next.event("restarted");
		expect(host.lifecycle().at(-1)).toMatchObject({ kind: "restarting" });
	});

	it("does not keep a program alive that has no other work", async () => {
		await using box = await sandbox();
		await using program = runScript(
			`
			import { startOrReuse } from ${JSON.stringify(builtPackage("engine-manager"))};
			const alive = setInterval(() => {}, 1000);
			const onEvent = ({ kind }) => {
				console.log(kind);
				if (kind === "restarting") clearInterval(alive);
			};
			const { startup } = await startOrReuse({ ...${JSON.stringify(box.options)}, onCrash: "restart", onEvent });
			process.kill(startup.pid, "SIGKILL");
		`,
			{ env: hostVariables(box) },
		);
		const { code, stdout, stderr } = await program.exited;
		expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
		expect(stdout.trim().split("\n").at(-1)).toBe("restarting");
		expect(await box.engines()).toEqual([]);
	});
});

/** Sends a signal to the only engine of a sandbox. */
async function kill(box: Sandbox, signal: NodeJS.Signals = "SIGKILL"): Promise<number> {
	const [pid, ...others] = await box.engines();
	if (pid === undefined || others.length > 0) throw new Error("There is not exactly one engine.");
	process.kill(pid, signal);
	await processGone(pid);
	return pid;
}

/** Expects that all handles have ended without a crash or restart, and that no engine is left. */
async function ended(hosts: readonly Supervised[], box: Sandbox): Promise<void> {
	await Promise.all(hosts.map(({ engine }) => engine.exited));
	const restarts = hosts.flatMap((host) => host.lifecycle()).filter(({ kind }) => kind === "restarted");
	expect(restarts).toEqual([]);
	expect(await box.engines()).toEqual([]);
}

async function recordedRestarts(box: Sandbox): Promise<readonly string[] | undefined> {
	const { recorded } = await readRecords(box.layout);
	return recorded.kind === "present" ? recorded.record.crashRestarts : undefined;
}

/** Runs programs that watch one engine. Disposing kills them all. */
function watchingPrograms(box: Sandbox, count: number) {
	const hosts = Array.from({ length: count }, () => watchingProgram(box));
	return {
		hosts,
		async [Symbol.asyncDispose]() {
			for (const host of hosts) await host[Symbol.asyncDispose]();
		},
	};
}

/** A program that prints whether it has spawned or reused its engine, and then each event. */
function watchingProgram(box: Sandbox) {
	const script = `
		import { startOrReuse } from ${JSON.stringify(builtPackage("engine-manager"))};
		let told = () => {};
		const onEvent = (event) => told(event);
		const { startup } = await startOrReuse({ ...${JSON.stringify(box.options)}, onCrash: "restart", onEvent });
		console.log(JSON.stringify({ kind: startup.kind }));
		told = (event) => console.log(JSON.stringify(event));
		setInterval(() => {}, 1000);
	`;
	return runScript(script, { env: hostVariables(box) });
}

async function restartedPid(host: ReturnType<typeof runScript>): Promise<number | undefined> {
	for (;;) {
		const event: EngineEvent = JSON.parse(await host.nextLine());
		if (event.kind === "restarted") return event.pid;
	}
}
