import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { identifyProcess } from "@rivetkit/engine-core/process";
import { createFakeEngine, realEngineVersion, serveStatus } from "@rivetkit/engine-testkit";
import { describe, expect, it, vi } from "vitest";
import { startOrReuse } from "../../engine-lifecycle/src/start-or-reuse.ts";
import { freeze } from "../../engine-lifecycle/test/freeze.ts";
import { plantRemains } from "../../engine-lifecycle/test/planted-record.ts";
import { sandbox } from "../../engine-lifecycle/test/sandbox.ts";
import { diagnose, explainsFaults, type PlantedFault, serveEngine } from "./planted-faults.ts";

// Seen to fail: each fault without the lines of the check that find it, or with a lower level; the others with
// a single look at an engine that is ending.

const FAULTS: readonly PlantedFault[] = [
	{
		title: "1 another server is at the endpoint",
		expected: { area: "endpoint", level: "problem" },
		plant: async (box, keep) => {
			keep(await serveStatus(404, "no such page", "text/html", { port: box.port }));
			return {
				message: [`'node' (pid ${process.pid})`, box.endpoint, "404"],
				cure: [`Stop 'node' (pid ${process.pid})`, "`bindPort`"],
			};
		},
	},
	{
		title: "13 the engine at the endpoint is alive and stuck",
		expected: { area: "endpoint", level: "problem" },
		plant: async (box) => {
			const { startup } = await startOrReuse({ ...box.options, environment: box.environment });
			if (startup.kind !== "spawned") throw new Error("It was not spawned.");
			await freeze(startup.pid);
			return {
				options: { startTimeoutMs: 300 },
				message: [`(pid ${startup.pid}) is alive, but slow or stuck`],
				cure: ["`stopEngine`"],
			};
		},
	},
	{
		title: "15 nothing runs, and starting is turned off",
		expected: { area: "endpoint", level: "problem" },
		plant: async (box) => ({
			options: { spawn: "never" },
			message: [`Nobody listens at '${box.endpoint}'`],
			cure: ["`RIVETKIT_ENGINE_SPAWN`", "`auto`"],
		}),
	},
	{
		title: "16 an engine of another version runs, and that is not accepted",
		expected: { area: "endpoint", level: "problem" },
		plant: async (box, keep) => {
			await startOrReuse({ ...box.options, environment: box.environment });
			const fake = keep(await createFakeEngine({ version: "2.3.98" }));
			return {
				options: { binaryPath: fake.path, onVersionMismatch: "error" },
				message: [`is ${realEngineVersion}; 2.3.98 was expected`],
				cure: ["`stopEngine`"],
			};
		},
	},
	{
		title: "17 the endpoint is one that no engine can serve",
		expected: { area: "endpoint", level: "problem" },
		plant: async (box) => ({
			options: { bindPort: undefined, endpoint: `https://127.0.0.1:${box.port}` },
			message: ["speaks http, not https"],
			cure: ["such as http://127.0.0.1:6420"],
		}),
	},
	{
		title: "21 the engine accepts requests without a token, though a token is given",
		expected: { area: "endpoint", level: "problem" },
		plant: async (box, keep) => {
			keep(await serveEngine(box.port, 200));
			return {
				options: { adminToken: "s3cret-token" },
				message: ["accepts requests without a token"],
				cure: ["`stopEngine`"],
			};
		},
	},
	{
		title: "21 PostgreSQL is asked for, and the database of the engine is unknown",
		expected: { area: "endpoint", level: "problem" },
		plant: async (box, keep) => {
			keep(await serveEngine(box.port, 200));
			return {
				options: { storage: { kind: "postgres", url: "postgresql://rivet:s3cret@127.0.0.1:1/rivet" } },
				message: ["is not known where its data is", "PostgreSQL at 127.0.0.1:1/rivet was asked for"],
				cure: ["`stopEngine`", "`bindPort`"],
			};
		},
	},
];

explainsFaults(FAULTS);

describe("B38 the doctor if nothing is wrong", () => {
	it("foresees that a start waits for an engine that is starting", async () => {
		await using box = await sandbox();
		await using never = await createFakeEngine({ healthyAfterMs: "never" });
		const aborted = new AbortController();
		const options = { ...box.options, binaryPath: never.path };
		const start = startOrReuse({ environment: box.environment, ...options, signal: aborted.signal });
		const { pid } = await never.report();
		await vi.waitUntil(() => existsSync(box.layout.recordPath), { timeout: 10_000, interval: 5 });
		expect((await diagnose(box, { binaryPath: never.path })).wouldStart).toEqual({
			kind: "join",
			endpoint: box.endpoint,
			pid,
		});
		aborted.abort();
		await start.catch(() => {});
	});

	it("does not take an engine at another port for an engine that no longer listens", async () => {
		await using box = await sandbox();
		await startOrReuse({ ...box.options, environment: box.environment });
		const { findings } = await diagnose(box, { bindPort: await box.anotherPort(), spawn: "never" });
		expect(findings.filter(({ area }) => area === "endpoint")).toMatchObject([
			{ message: expect.stringContaining("starting an engine is turned off") },
		]);
	});

	it("gives an engine that is being stopped the time to end, and reports an engine that does not end", async () => {
		await using box = await sandbox();
		const { rewrite, layout } = await plantRemains(box);
		await rm(layout.databasePath, { recursive: true });
		const living = async (seconds: string) => {
			const process = spawn("sleep", [seconds], { stdio: "ignore" });
			const identity = await identifyProcess(process.pid ?? 0);
			if (identity === undefined) throw new Error("The process could not be identified.");
			await rewrite({ identity });
			return process;
		};
		await living("0.4");
		expect((await diagnose(box)).wouldStart).toMatchObject({ kind: "start" });
		const stuck = await living("60");
		try {
			const { findings } = await diagnose(box);
			expect(findings.filter(({ level }) => level === "problem")).toMatchObject([
				{ area: "endpoint", message: expect.stringContaining("is ending or stuck") },
			]);
		} finally {
			stuck.kill("SIGKILL");
		}
	});

	it("leaves an endpoint of another machine alone", async () => {
		await using box = await sandbox();
		const { findings, wouldStart } = await diagnose(box, {
			bindPort: undefined,
			endpoint: "http://ann:s3cret@192.0.2.1:6420",
		});
		expect(wouldStart).toEqual({ kind: "remote", endpoint: "http://192.0.2.1:6420" });
		expect(JSON.stringify(findings)).not.toContain("s3cret");
	});
});
