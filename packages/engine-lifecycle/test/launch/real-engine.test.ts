import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { engineDatabase, lockHolder, portHolder, portOwnership } from "@rivetkit/engine-inspect";
import { type EngineLaunch, engineCommand, readLogTail, spawnEngine } from "@rivetkit/engine-spawn";
import { explainExit } from "@rivetkit/engine-spawn/explain";
import { freePortTriple, realEnginePath, serveSockets, temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, test, vi } from "vitest";
import { answering, killedAfterwards, launchOn, within } from "../../../engine-spawn/test/launch.ts";

const run = promisify(execFile);
const engine = { path: realEnginePath(), version: "2.3.19" };

describe("B27 the real engine accepts", () => {
	test.each<[string, Partial<EngineLaunch>, RegExp]>([
		["the local-development values", { preset: "local-dev" }, /runner_lost_threshold: Some\(\s*7000/],
		["its own defaults", { preset: "engine-defaults" }, /path: ".*\/db"/],
		["a topology on another port", {}, /peer_url: Url \{[^}]*port: Some\(\s*7001/],
		["a public URL", { publicUrl: "https://engine.example.com/rivet/" }, /engine\.example\.com/],
		["a guard on every address", { guard: { host: "0.0.0.0", port: 6420 } }, /0\.0\.0\.0/],
		["a guard on ::1", { guard: { host: "::1", port: 7000 } }, /::1/],
		["telemetry off", { telemetry: false }, /Telemetry \{\s*enabled: false/],
		["PostgreSQL in `env`", { env: { RIVET__POSTGRES__URL: "postgres://127.0.0.1:1/x" } }, /Postgres/],
	])("%s", async (_, changes, shown) => {
		await using folder = await temporaryFolder();
		const launch = launchOn(7000, path.join(folder.path, "db"), changes);
		const { file, env } = engineCommand(launch, engine);
		const { stdout } = await run(file, ["config", "show"], { env });
		expect(stdout).toMatch(shown);
	});

	test("a configuration file together with environment variables", async () => {
		await using folder = await temporaryFolder();
		const configPath = path.join(folder.path, "engine.json");
		await writeFile(configPath, JSON.stringify({ auth: { admin_token: "007" } }));
		const launch = launchOn(7000, path.join(folder.path, "db"), { configPath });
		const { file, args, env } = engineCommand(launch, engine);
		const { stdout } = await run(file, [...args.slice(1), "config", "show"], { env });
		expect(stdout).toMatch(/Auth \{/);
	});
});

describe("B29 B32 a running real engine", () => {
	test("owns its port and holds its database, as the log of a second engine shows", async () => {
		await using folder = await temporaryFolder();
		const databasePath = path.join(folder.path, "db");
		const port = await freePortTriple();
		const command = engineCommand(launchOn(port, databasePath), engine);
		const first = await spawnEngine({ command, logsFolder: folder.path });
		await using _ = killedAfterwards(first.pid);
		await Promise.race([answering(port), first.exited.then((exit) => Promise.reject(exit))]);
		const self = { pid: first.pid, name: "rivet-engine" };
		expect(await portOwnership(first.pid, [{ host: "127.0.0.1", port }])).toEqual(["own"]);
		expect(await portHolder(port)).toEqual(self);
		expect(await lockHolder(databasePath)).toEqual(self);
		expect(await engineDatabase(first.pid)).toBe(databasePath);
		expect(await readFile(first.logs.stdout, "utf8")).toContain(`HTTP server listening on 127.0.0.1:${port}`);

		const second = await explained(folder.path, launchOn(await freePortTriple(), databasePath));
		expect(second.code).toBe("database_locked");
		expect(second.reason).toContain(`'${databasePath}'`);

		expect(await first.kill()).toEqual({ kind: "signaled", signal: "SIGKILL" });
		await vi.waitFor(async () => expect(await lockHolder(databasePath)).toBeUndefined());
		expect(await engineDatabase(first.pid)).toBeUndefined();
	});
});

describe("B33 a real engine that dies", () => {
	test.each<[string, Partial<EngineLaunch>, string, RegExp]>([
		[
			"an unknown key",
			{ env: { RIVET__GUARD__NOPE: "1" } },
			"config_invalid",
			/invalid: unknown field `nope`/,
		],
		[
			"a host name",
			{ guard: { host: "localhost", port: 7000 } },
			"config_invalid",
			/invalid IP address syntax/,
		],
		["a bad port", { env: { RIVET__GUARD__PORT: "abc" } }, "config_invalid", /guard\.port/],
		["a bad RUST_LOG", { env: { RUST_LOG: "a=[b" } }, "health_check_failed", /panicked: .*level filter/],
		[
			"a database path under a file",
			{ databasePath: "/dev/null" },
			"health_check_failed",
			/directory: File exists/,
		],
		[
			"a protected folder",
			{ databasePath: "/sys/rivet" },
			"read_only",
			/Operation not permitted|Permission denied/,
		],
	])("of %s says so", async (_, changes, code, reason) => {
		await using folder = await temporaryFolder();
		const launch = launchOn(await freePortTriple(), path.join(folder.path, "db"), changes);
		const explanation = await explained(folder.path, launch);
		expect(explanation.code).toBe(code);
		expect(explanation.reason).toMatch(reason);
	});

	test("of a taken metrics port logs that", async () => {
		await using folder = await temporaryFolder();
		const port = await freePortTriple();
		await using _ = await serveSockets(() => {}, { port: port + 10 });
		const { code } = await explained(folder.path, launchOn(port, path.join(folder.path, "db")));
		expect(code).toBe("ports_in_use");
	});
});

/** Starts an engine that will end by itself, and explains its end from its logs. */
async function explained(logsFolder: string, launch: EngineLaunch) {
	const spawned = await spawnEngine({ command: engineCommand(launch, engine), logsFolder });
	await using _ = killedAfterwards(spawned.pid);
	const exit = await within(spawned.exited);
	const { stdout, stderr } = spawned.logs;
	return explainExit(exit, [...(await readLogTail(stdout)), ...(await readLogTail(stderr))]);
}
