import { expectEngineError, temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { explainExit, explainLease, readLeaseWait } from "../src/explain/index.ts";
import {
	askConfiguration,
	engineCommand,
	engineEnvironment,
	readLogTail,
	spawnEngine,
} from "../src/index.ts";
import { launchOn, within } from "./launch.ts";

// Seen to fail with each check taken out.

const launch = launchOn(7000, "/data/db");
const binary = { path: "/opt/rivet-engine", version: "2.3.19" };
const command = { file: "/bin/true", args: [], env: {} };
const request = { command, logsFolder: "/data/logs" };

/** A caller that the types do not hold back. */
const careless = (call: (...args: never[]) => unknown, ...args: readonly unknown[]): unknown =>
	Reflect.apply(call, undefined, args);

const COMMANDS: readonly (readonly [option: string, ...args: readonly unknown[]])[] = [
	["options", undefined, binary],
	["bindPort", { ...launch, bindPort: 1 }, binary],
	["guard", { ...launch, guard: undefined }, binary],
	["apiPeer", { ...launch, apiPeer: { host: "127.0.0.1", port: "7001" } }, binary],
	["metrics", { ...launch, metrics: { host: "127.0.0.1", port: 65_536 } }, binary],
	["publicUrl", { ...launch, publicUrl: new URL("http://a.example") }, binary],
	["peerUrl", { ...launch, peerUrl: 1 }, binary],
	["datacenterLabel", { ...launch, datacenterLabel: 0 }, binary],
	["databasePath", { ...launch, databasePath: "" }, binary],
	["configPath", { ...launch, configPath: 1 }, binary],
	["preset", { ...launch, preset: "production" }, binary],
	["telemetry", { ...launch, telemetry: "false" }, binary],
	["environment", { ...launch, environment: undefined }, binary],
	["environment", { ...launch, environment: { A: 1 } }, binary],
	["withheld", { ...launch, withheld: { names: [] } }, binary],
	["env", { ...launch, env: { A: 1 } }, binary],
	["binary", launch, "/opt/rivet-engine"],
	["engineVersion", launch, { ...binary, version: 2 }],
	["args", launch, binary, "start"],
];

describe("B47 careless options", () => {
	test.each(COMMANDS)("of `engineCommand` are an error that names %s", (option, ...args) => {
		expect(() => careless(engineCommand, ...args)).toThrow(
			expect.objectContaining({ code: "invalid_option", metadata: expect.objectContaining({ option }) }),
		);
	});

	test("of `engineEnvironment` are an error as well", () => {
		expect(() => careless(engineEnvironment, { ...launch, bindPort: 1 }, "2.3.19")).toThrow(
			expect.objectContaining({ metadata: expect.objectContaining({ option: "bindPort" }) }),
		);
	});

	test.each([
		["options", undefined],
		["loggsFolder", { ...request, loggsFolder: "/x" }],
		["command", { ...request, command: "/bin/true" }],
		["command", { ...request, command: { ...command, args: "start" } }],
		["command", { ...request, command: { ...command, args: ["a\0b"] } }],
		["command", { ...request, command: { ...command, env: { A: "a\0b" } } }],
		["logsFolder", { command }],
		["cwd", { ...request, cwd: 1 }],
		["onChild", { ...request, onChild: true }],
		["output", { ...request, output: process.stdout }],
	])("of `spawnEngine` are an error that names %s", async (option, options) => {
		const spawned = Promise.resolve(careless(spawnEngine, options));
		expect((await expectEngineError(spawned, "invalid_option")).metadata).toMatchObject({ option });
	});

	test.each([
		["kill", "timeout", { timeout: 1 }],
		["kill", "timeoutMs", { timeoutMs: "1" }],
		["stop", "timeoutMs", { timeoutMs: 1 }],
		["stop", "graceMs", { graceMs: -1 }],
		["stop", "signal", { signal: "SIGTERM" }],
	] as const)("of `%s` are an error that names %s, and signal nobody", async (method, option, options) => {
		await using folder = await temporaryFolder();
		const sleeping = { file: "/bin/sleep", args: ["100"], env: {} };
		const engine = await spawnEngine({ command: sleeping, logsFolder: folder.path });
		try {
			const ended = Promise.resolve(careless(engine[method], options));
			expect((await expectEngineError(ended, "invalid_option")).metadata).toMatchObject({ option });
			process.kill(engine.pid, 0);
		} finally {
			expect(await within(engine.kill())).toEqual({ kind: "signaled", signal: "SIGKILL" });
		}
	});

	test.each<[string, (...args: never[]) => unknown, readonly unknown[]]>([
		["command", askConfiguration, [undefined]],
		["signal", askConfiguration, [command, "abort"]],
		["path", readLogTail, [undefined]],
		["maxLines", readLogTail, ["/x", 0]],
	])("of a question are an error that names %s", async (option, call, args) => {
		const asked = Promise.resolve(careless(call, ...args));
		expect((await expectEngineError(asked, "invalid_option")).metadata).toMatchObject({ option });
	});

	test.each<[string, (...args: never[]) => unknown, readonly unknown[]]>([
		["exit", explainExit, [1, []]],
		["exit", explainExit, [{ kind: "exited" }, []]],
		["exit", explainExit, [{ kind: "signaled" }, []]],
		["logTail", explainExit, [undefined, "a line"]],
		["oom", explainExit, [undefined, [], { oom: true }]],
		["options", explainExit, [undefined, [], null]],
		["wasHealthy", explainExit, [undefined, [], { wasHealthy: 1 }]],
		["outOfMemory", explainExit, [undefined, [], { outOfMemory: 1 }]],
		["descriptors", explainExit, [undefined, [], { descriptors: { open: 1 } }]],
		["waited", explainExit, [undefined, [], { waited: 1 }]],
		["wait", explainLease, [undefined]],
		["line", readLeaseWait, [undefined]],
	])("of an explanation are an error that names %s", (option, call, args) => {
		expect(() => careless(call, ...args)).toThrow(
			expect.objectContaining({ code: "invalid_option", metadata: expect.objectContaining({ option }) }),
		);
	});
});
