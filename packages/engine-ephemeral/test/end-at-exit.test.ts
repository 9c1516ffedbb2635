// Seen to fail without `endAtExit`, with the listeners of signal-exit left behind the application's, without the signal to
// the engine, and with log followers that keep the process alive. Moments: without `endAtExit` before the reservation,
// and without `onChild`. Killed hosts: without `sweepLeftovers`, and without the search for the process that has the
// database open.
import { parseEndpoint } from "@rivetkit/engine-core";
import { processGone, runScript } from "@rivetkit/engine-testkit";
import { describe, expect, it, vi } from "vitest";
import { probeEngine } from "../../engine-health/src/index.ts";
import { hostVariables } from "../../engine-lifecycle/test/race-hosts.ts";
import { sandbox } from "../../engine-lifecycle/test/sandbox.ts";
import { startEphemeralEngine } from "../src/start-ephemeral-engine.ts";
import {
	entriesIn,
	ephemeralHost,
	leftIn,
	runHost,
	STAY,
	started,
	untilNothingIsLeft,
} from "./ephemeral-box.ts";

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
			await using script = runHost(box, STAY);
			await started(script);
			script.kill(signal);
			expect(await script.exited).toMatchObject({ code: null, signal });
			await untilNothingIsLeft(box);
		},
	);

	it("leaves the end to an application that listens for the signal, also if it listens once", async () => {
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

	it("keeps the engine after a signal that the application handles, and removes it at the end", async () => {
		await using box = await sandbox();
		await using script = runHost(box, `process.on("SIGHUP", () => console.log("reloaded")); ${STAY}`);
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
	])("ends and removes the engine at the moment when %s", async (_title, name, times) => {
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

	it("ends an engine that is starting", async () => {
		await using box = await sandbox();
		const program = ephemeralHost({}, STAY).replace(
			"startEphemeralEngine({})",
			"startEphemeralEngine({ onEvent: ({ kind }) => kind === 'spawned' && process.exit(5) })",
		);
		await using script = runScript(program, { env: hostVariables(box) });
		expect(await script.exited).toMatchObject({ code: 5, stdout: "" });
		await untilNothingIsLeft(box);
	});

	it("leaves the engine behind when it is killed, and the next run removes the engine", async () => {
		await using box = await sandbox();
		await using script = runHost(box, STAY);
		const left = await started(script);
		script.kill("SIGKILL");
		await script.exited;
		expect(await leftIn(box)).toHaveLength(3);
		await using engine = await startEphemeralEngine({ environment: box.environment });
		await processGone(left.pid);
		// Only disposing waits for the sweep of that start.
		await engine[Symbol.asyncDispose]();
		expect(await leftIn(box)).toEqual([]);
	});

	it("leaves an engine without a record when it is killed right after the spawn, and the next run finds the engine", async () => {
		await using box = await sandbox();
		// The host is killed between the spawn and the record of it.
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
