// Each was seen to fail. The ends of hosts: without the listener for the exit, without those for signals, without the
// signal sent again, with listeners that come after an application's, without the signal to the engine, with a follower of
// logs that keeps the process alive. What was killed: without `sweepLeftovers`, without the look at who has the database.
// Sharing: with killed users counted, with nobody counted, without the lock, with any key, with an engine taken over that
// nobody uses, without the process that sweeps after an exit, with `kill` not refused, without a joiner's `followLogs`.
// Moments: without the guard before the reservation, without `onChild`. Going on: with all ended at every signal. Leaving:
// without `endNow`, with the last one's `keepOnFailure`, with a release before the end, with an abort not looked at.
import { appendFile } from "node:fs/promises";
import path from "node:path";
import { parseEndpoint } from "@rivetkit/engine-core";
import { processGone, type RunningScript, runScript } from "@rivetkit/engine-testkit";
import { describe, expect, it, vi } from "vitest";
import { probeEngine } from "../../engine-health/src/index.ts";
import { hostVariables } from "../../engine-lifecycle/test/race-hosts.ts";
import { type Sandbox, sandbox } from "../../engine-lifecycle/test/sandbox.ts";
import { sweepLeftovers } from "../src/cleanup/sweep-leftovers.ts";
import type { EphemeralEngineOptions } from "../src/ephemeral-options.ts";
import { startEphemeralEngine } from "../src/start-ephemeral-engine.ts";
import { entriesIn, ephemeralHost, leftIn, type StartedEphemeral } from "./ephemeral-box.ts";

function host(box: Sandbox, then: string, options: EphemeralEngineOptions = {}): RunningScript {
	return runScript(ephemeralHost(options, then), { env: { ...hostVariables(box), HOME: undefined } });
}

async function started(script: RunningScript): Promise<StartedEphemeral> {
	return JSON.parse(await script.nextLine());
}

/** Waits until nothing is left; a process that was killed takes a moment to be gone. */
async function untilNothingIsLeft(box: Sandbox): Promise<void> {
	await vi.waitFor(async () => expect(await leftIn(box)).toEqual([]), { timeout: 20_000 });
}

const STAY = "setInterval(() => {}, 1000);";

describe("B41 a host that ends without disposing of its throw-away engine", () => {
	it.each<[string, string, object]>([
		["at its end, though it follows the log", "", { code: 0 }],
		["by process.exit", "process.exit(3);", { code: 3 }],
		["by an exception", "setTimeout(() => { throw new Error('mine'); });", { code: 1 }],
	])("ends and removes it: %s", async (_title, then, exit) => {
		await using box = await sandbox();
		await using script = runScript(
			ephemeralHost({}, then).replace("startEphemeralEngine({})", "startEphemeralEngine({ onLog() {} })"),
			{ env: hostVariables(box) },
		);
		expect(await script.exited).toMatchObject({ ...exit, signal: null });
		await untilNothingIsLeft(box);
	});

	it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
		"ends and removes it, and dies of the signal: %s",
		async (signal) => {
			await using box = await sandbox();
			await using script = host(box, STAY);
			await started(script);
			script.kill(signal);
			expect(await script.exited).toMatchObject({ code: null, signal });
			await untilNothingIsLeft(box);
		},
	);

	it("leaves its end to an application that listens for the signal, though it may listen just once", async () => {
		await using box = await sandbox();
		const listen = `process.once("SIGTERM", () => setTimeout(() => { console.log("my own way"); process.exit(7); }, 50));`;
		const program = ephemeralHost({}, STAY).replace("const engine =", `${listen} const engine =`);
		await using script = runScript(program, { env: hostVariables(box) });
		await started(script);
		script.kill("SIGTERM");
		expect(await script.exited).toMatchObject({
			code: 7,
			signal: null,
			stdout: expect.stringContaining("my own way"),
		});
		await untilNothingIsLeft(box);
	});

	it("ends nothing while it goes on after a signal that it listens for, and all of it later", async () => {
		await using box = await sandbox();
		await using script = host(box, `process.on("SIGHUP", () => console.log("reloaded")); ${STAY}`);
		const { endpoint } = await started(script);
		script.kill("SIGHUP");
		expect(await script.nextLine()).toBe("reloaded");
		expect(await probeEngine(parseEndpoint(endpoint))).toMatchObject({ kind: "engine" });
		script.kill("SIGTERM");
		expect(await script.exited).toMatchObject({ signal: "SIGTERM" });
		await untilNothingIsLeft(box);
	});

	it.each<[string, "spawn" | "linkSync", number]>([
		["its ports are reserved", "linkSync", 1],
		["it is spawned", "spawn", 1],
		["it is spawned by a restart", "spawn", 2],
	])("ends one and removes it at the moment when %s", async (_title, name, times) => {
		await using box = await sandbox();
		const program = `
			import childProcess from "node:child_process";
			import fs from "node:fs";
			import { syncBuiltinESMExports } from "node:module";
			const module = ${JSON.stringify(name)} === "spawn" ? childProcess : fs;
			const original = module.${name};
			let left = ${times};
			module.${name} = (...args) => {
				const result = original(...args);
				if (--left === 0) process.nextTick(() => process.exit(5));
				return result;
			};
			syncBuiltinESMExports();
			${ephemeralHost({}, "await engine.restart();")}
		`;
		await using script = runScript(program, { env: hostVariables(box) });
		expect(await script.exited).toMatchObject({ code: 5 });
		await untilNothingIsLeft(box);
	});

	it("ends one that is starting", async () => {
		await using box = await sandbox();
		const program = ephemeralHost({}, STAY).replace(
			"startEphemeralEngine({})",
			"startEphemeralEngine({ onEvent: ({ kind }) => kind === 'spawned' && process.exit(5) })",
		);
		await using script = runScript(program, { env: hostVariables(box) });
		expect(await script.exited).toMatchObject({ code: 5, stdout: "" });
		await untilNothingIsLeft(box);
	});

	it("leaves it behind when it is killed, and the next run removes it", async () => {
		await using box = await sandbox();
		await using script = host(box, STAY);
		const left = await started(script);
		script.kill("SIGKILL");
		await script.exited;
		expect(await leftIn(box)).toHaveLength(3);
		await using engine = await startEphemeralEngine({ environment: box.environment });
		await processGone(left.pid);
		// Nobody waits for that, except who disposes of the engine.
		await engine[Symbol.asyncDispose]();
		expect(await leftIn(box)).toEqual([]);
	});

	it("leaves it behind when it is killed right after the spawn; what is not known of it is found out later", async () => {
		await using box = await sandbox();
		// The moment between the spawn and its record.
		const program = ephemeralHost({}, STAY).replace(
			"startEphemeralEngine({})",
			`startEphemeralEngine({ logger: { debug() {}, warn() {}, error() {}, info(fields, message) {
				if (message.startsWith("spawned engine process")) process.kill(process.pid, "SIGKILL");
			} } })`,
		);
		await using script = runScript(program, { env: hostVariables(box) });
		expect(await script.exited).toMatchObject({ signal: "SIGKILL" });
		await vi.waitFor(async () => expect(await leftIn(box)).toHaveLength(3), { timeout: 20_000 });
		const port = Number((await entriesIn(box)).at(-1)?.replace(".json", ""));
		const endpoint = parseEndpoint(`http://127.0.0.1:${port}`);
		await vi.waitFor(async () => expect(await probeEngine(endpoint)).toMatchObject({ kind: "engine" }), {
			timeout: 20_000,
		});
		const engine = await startEphemeralEngine({ environment: box.environment });
		await engine[Symbol.asyncDispose]();
		await untilNothingIsLeft(box);
	});
});

describe("B41 an engine that several processes share", () => {
	const shared = { sharedKey: "a key/with: anything" };
	const SHARE = `
		process.once("SIGUSR2", async () => { await engine[Symbol.asyncDispose](); console.log("left"); process.exit(); });
		${STAY}
	`;

	it("is one for those who name the same key, counts a killed one as gone, and ends with the last", async () => {
		await using box = await sandbox();
		await using one = host(box, SHARE, shared);
		await using two = host(box, SHARE, shared);
		await using three = host(box, SHARE, shared);
		const hosts = [one, two, three];
		const answers = await Promise.all(hosts.map(started));
		expect(answers.map(({ kind }) => kind).sort()).toEqual(["reused", "reused", "spawned"]);
		expect(new Set(answers.map(({ pid }) => pid)).size).toBe(1);
		await using other = await startEphemeralEngine({ environment: box.environment, sharedKey: "another" });
		expect(other.startup.kind).toBe("spawned");

		const [killed, leaving, last] = hosts.sort(
			(left, right) => Number(startedIt(right)) - Number(startedIt(left)),
		) as [RunningScript, RunningScript, RunningScript];
		function startedIt(script: RunningScript): boolean {
			return answers[[one, two, three].indexOf(script)]?.kind === "spawned";
		}
		killed.kill("SIGKILL");
		await killed.exited;
		leaving.kill("SIGUSR2");
		await leaving.exited;
		const [{ endpoint, pid }] = answers as [StartedEphemeral];
		expect(await probeEngine(parseEndpoint(endpoint)), "one still uses it").toMatchObject({ kind: "engine" });
		last.kill("SIGUSR2");
		expect(await last.exited).toMatchObject({ code: 0, stdout: expect.stringContaining("left") });
		await processGone(pid);
		expect(await entriesIn(box)).toEqual([
			path.basename(other.storagePath),
			`${new URL(other.endpoint).port}.json`,
		]);
	});

	it("ends with the last one also if that exits without disposing of it", async () => {
		await using box = await sandbox();
		await using one = host(box, STAY, shared);
		await started(one);
		await using two = host(box, "process.exit();", shared);
		const { pid } = await started(two);
		await two.exited;
		one.kill("SIGTERM");
		expect(await one.exited).toMatchObject({ signal: "SIGTERM" });
		await processGone(pid, 20_000);
		await untilNothingIsLeft(box);
	});

	it("is ended by the process that has spawned it where none can be started to do so", async () => {
		await using box = await sandbox();
		const program = ephemeralHost(shared, "process.exit();");
		const electron = `Object.defineProperty(process, "versions", { value: { ...process.versions, electron: "1" } });`;
		await using script = runScript(program.replace("const engine =", `${electron} const engine =`), {
			env: hostVariables(box),
		});
		const { pid } = await started(script);
		await script.exited;
		await processGone(pid);
		expect(await leftIn(box)).toEqual([]);
	});

	it("leaves its files if its first user has asked for that, whoever is the last", async () => {
		await using box = await sandbox();
		const first = await startEphemeralEngine({
			environment: box.environment,
			...shared,
			keepOnFailure: true,
		});
		const last = await startEphemeralEngine({ ...shared, environment: box.environment });
		if (first.startup.kind !== "spawned") throw new Error("It was not spawned.");
		process.kill(first.startup.pid, "SIGKILL");
		await first.exited;
		await first[Symbol.asyncDispose]();
		await last[Symbol.asyncDispose]();
		await sweepLeftovers(path.dirname(first.storagePath));
		expect(await leftIn(box)).toEqual([path.basename(first.storagePath)]);
	});

	it("is not taken over from processes that were all killed, whose data it has", async () => {
		await using box = await sandbox();
		await using script = host(box, STAY, shared);
		const left = await started(script);
		script.kill("SIGKILL");
		await script.exited;
		await using engine = await startEphemeralEngine({ ...shared, environment: box.environment });
		expect(engine.startup.kind).toBe("spawned");
		await processGone(left.pid);
		expect(await entriesIn(box)).toHaveLength(2);
	});

	it("is another one when it has crashed; those who had it remove it when they leave", async () => {
		await using box = await sandbox();
		const start = () => startEphemeralEngine({ ...shared, environment: box.environment });
		const lost = await start();
		if (lost.startup.kind !== "spawned") throw new Error("It was not spawned.");
		process.kill(lost.startup.pid, "SIGKILL");
		await lost.exited;
		const next = await start();
		expect(next.startup.kind).toBe("spawned");
		const joined = await start();
		expect(joined).toMatchObject({ endpoint: next.endpoint, startup: { kind: "reused" } });
		await lost[Symbol.asyncDispose]();
		expect(await entriesIn(box)).toHaveLength(2);
		await next[Symbol.asyncDispose]();
		await next[Symbol.asyncDispose]();
		expect(await probeEngine(parseEndpoint(joined.endpoint))).toMatchObject({ kind: "engine" });
		const { exited } = joined;
		await joined[Symbol.asyncDispose]();
		await untilNothingIsLeft(box);
		expect(await exited).toEqual({ kind: "unknown" });
	});

	it("tells each of them its log, and lets none of them stop, restart or kill it", async () => {
		await using box = await sandbox();
		const lines: string[] = [];
		const one = await startEphemeralEngine({ ...shared, environment: box.environment });
		const two = await startEphemeralEngine({
			environment: box.environment,
			...shared,
			onLog: (line) => lines.push(line),
		});
		for (const call of [() => one.stop(), () => one.restart(), () => two.kill()]) {
			await expect(call()).rejects.toMatchObject({ code: "invalid_option" });
		}
		expect(two.logs.stdout).toBe(one.logs.stdout);
		await appendFile(one.logs.stdout, "a new line\n");
		await vi.waitUntil(() => lines.includes("a new line"), { timeout: 20_000 });
		await two[Symbol.asyncDispose]();

		const abort = new AbortController();
		const reason = new Error("enough");
		const three = startEphemeralEngine({
			environment: box.environment,
			...shared,
			signal: abort.signal,
			onEvent: ({ kind }) => kind === "reusing" && abort.abort(reason),
		});
		await expect(three).rejects.toBe(reason);
		const { exited } = one;
		await one[Symbol.asyncDispose]();
		expect(await leftIn(box), "whoever did not get it does not use it").toEqual([]);
		expect(await exited).toMatchObject({ kind: "signaled" });
	});
});
