// Each was seen to fail. The engine: with inherited `RIVET__*`, without a configuration file, a bind host or telemetry off
// in `ephemeralContext`; without `removeReservation`, the end of the engine or that of the guard in `release`; without the stop, or
// the data, in `restart`; with SIGTERM for every `kill`, without a check of the signal, with calls that take no turn, without
// `disposed`; with what `onLog` throws let through; without the check of options. Failures: without `setFailed`, with
// every end unexpected, without the hint, with an aborted start not released. Ports: without exclusive records, without the
// bind test, without another attempt. Leftovers: with any nonce, with a removal by what a record names, with a signal to
// whatever has the pid, with "unknown" taken for dead, with each of two keys under a lock of its own, without the look at orphans, their mark or their
// engine. The folder: without the refusal, with one hint for all. An abort: without the look after the start.
import { readdirSync } from "node:fs";
import { chmod, chown, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import {
	type EngineEndpoint,
	type InstanceLayout,
	instanceLayout,
	parseEndpoint,
} from "@rivetkit/engine-core";
import { identifyProcess } from "@rivetkit/engine-core/process";
import { readRecords } from "@rivetkit/engine-instances";
import { createFakeEngine, processGone, recordingLogger, runScript } from "@rivetkit/engine-testkit";
import { describe, expect, it, vi } from "vitest";
import { probeEngine } from "../../engine-health/src/index.ts";
import { createNamespace, namespaces, type Sandbox, sandbox } from "../../engine-lifecycle/test/sandbox.ts";
import { sweepLeftovers } from "../src/cleanup/sweep-leftovers.ts";
import type { EphemeralEngine } from "../src/ephemeral-engine.ts";
import { candidatePorts } from "../src/reservation/candidate-ports.ts";
import { reserve } from "../src/reservation/reserve.ts";
import { startEphemeralEngine } from "../src/start-ephemeral-engine.ts";
import { entriesIn, ephemeralFolderOf, leftIn } from "./ephemeral-box.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "exit"];

function pidOf({ startup }: EphemeralEngine): number {
	if (startup.kind !== "spawned") throw new Error("It was not spawned.");
	return startup.pid;
}

describe("B41 a throw-away engine", () => {
	it("is one of several at once, each with ports and a storage of its own, and without telemetry", async () => {
		await using box = await sandbox();
		const start = () => startEphemeralEngine({ environment: box.environment });
		const [one, other] = await Promise.all([start(), start()]);
		await using _one = one;
		await using _other = other;
		expect(one.endpoint).not.toBe(other.endpoint);
		await createNamespace(one.endpoint, "mine");
		expect(await namespaces(one.endpoint)).toContain("mine");
		expect(await namespaces(other.endpoint)).not.toContain("mine");
		expect(await readdir(one.storagePath)).toEqual(expect.arrayContaining(["db", "logs"]));
		const variables = await readFile(`/proc/${pidOf(one)}/environ`, "utf8");
		expect(variables.split("\0")).toContain("RIVET__TELEMETRY__ENABLED=false");
	});

	it("is where nothing inherited could move it, nor change it", async () => {
		await using box = await sandbox();
		const inherited = {
			PATH: box.environment["PATH"],
			TMPDIR: box.folder,
			RIVET_ENGINE: "https://engine.example.com",
			RIVET_ENDPOINT: "http://127.0.0.1:6420",
			RIVET_RUN_ENGINE_HOST: "0.0.0.0",
			RIVET_RUN_ENGINE_PORT: "6420",
			RIVETKIT_ENGINE_SPAWN: "never",
			RIVETKIT_STORAGE_PATH: path.join(box.folder, "not there"),
			RIVET__GUARD__PORT: "6420",
			RIVET__AUTH__ADMIN_TOKEN: "secret",
			RIVET__FILE_SYSTEM__PATH: path.join(box.folder, "elsewhere"),
			RIVET__TELEMETRY__ENABLED: "true",
		};
		await using engine = await startEphemeralEngine({
			environment: inherited,
			env: { RIVET__RUNTIME__FORCE_SHUTDOWN_DURATION: "3" },
		});
		expect(engine.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:[23]\d{4}$/);
		const args = (await readFile(`/proc/${pidOf(engine)}/cmdline`, "utf8")).split("\0");
		expect(args, "without a configuration file it reads /etc/rivet").toContain("--config");
		const variables = (await readFile(`/proc/${pidOf(engine)}/environ`, "utf8")).split("\0");
		expect(variables).toContain(`RIVET__FILE_SYSTEM__PATH=${path.join(engine.storagePath, "db")}`);
		expect(variables).toContain("RIVET__GUARD__HOST=127.0.0.1");
		expect(variables).toContain("RIVET__RUNTIME__FORCE_SHUTDOWN_DURATION=3");
		expect(variables).toContain("RIVET__TELEMETRY__ENABLED=false");
		expect(variables.filter((each) => each.includes("ADMIN_TOKEN"))).toEqual([]);
		expect(await readdir(box.folder)).toEqual([`rivet-engine-${process.getuid?.()}`]);
	});

	it("is gone at the end of its block, with its files, its reservation and our listeners", async () => {
		await using box = await sandbox();
		const before = SIGNALS.map((name) => process.listenerCount(name));
		let pid: number;
		{
			await using engine = await startEphemeralEngine({ environment: box.environment });
			pid = pidOf(engine);
			const port = new URL(engine.endpoint).port;
			expect(await entriesIn(box)).toEqual([path.basename(engine.storagePath), `${port}.json`]);
			await using _other = await startEphemeralEngine({ environment: box.environment });
			expect(SIGNALS.map((name) => process.listenerCount(name))).toEqual(before.map((count) => count + 1));
		}
		await processGone(pid);
		expect(await leftIn(box)).toEqual([]);
		expect(SIGNALS.map((name) => process.listenerCount(name))).toEqual(before);
	});

	it("keeps its ports and data over a restart, and over a kill and a restart", async () => {
		await using box = await sandbox();
		await using engine = await startEphemeralEngine({ environment: box.environment });
		const { endpoint, storagePath } = engine;
		await createNamespace(endpoint, "kept");
		const firstExit = engine.exited;
		const firstPid = pidOf(engine);
		await engine.restart();
		expect(await firstExit).toEqual({ kind: "exited", code: 0 });
		expect(pidOf(engine)).not.toBe(firstPid);
		expect(engine).toMatchObject({ endpoint, storagePath });
		expect(await namespaces(endpoint)).toContain("kept");

		await createNamespace(endpoint, "before-the-crash");
		expect(await engine.kill("SIGKILL")).toEqual({ kind: "signaled", signal: "SIGKILL" });
		expect(await engine.exited).toEqual({ kind: "signaled", signal: "SIGKILL" });
		expect(await probeEngine(endpointOf(engine))).toMatchObject({ kind: "free" });
		expect(await engine.kill("SIGTERM"), "it is gone already").toEqual({
			kind: "signaled",
			signal: "SIGKILL",
		});
		await engine.restart();
		expect(await namespaces(endpoint)).toEqual(expect.arrayContaining(["kept", "before-the-crash"]));
	});

	it("can be stopped, and started again; a handle that was disposed of says so", async () => {
		await using box = await sandbox();
		const engine = await startEphemeralEngine({ environment: box.environment });
		expect(await engine.stop()).toEqual({ kind: "exited", code: 0 });
		expect(await probeEngine(endpointOf(engine))).toMatchObject({ kind: "free" });
		// They take their turn.
		const [, killed] = await Promise.all([engine.restart(), engine.kill()]);
		expect(killed).toEqual({ kind: "signaled", signal: "SIGKILL" });
		await expect(engine.kill("SIGSTOP" as "SIGKILL")).rejects.toMatchObject({ code: "invalid_option" });
		const reason = new Error("enough");
		await expect(engine.restart({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
		const interrupted = engine.restart();
		interrupted.catch(() => {});
		await engine[Symbol.asyncDispose]();
		await engine[Symbol.asyncDispose]();
		await expect(interrupted).rejects.toMatchObject({ code: "invalid_option" });
		await expect(engine.restart()).rejects.toMatchObject({
			code: "invalid_option",
			message: expect.stringContaining("was disposed of"),
		});
		expect(await engine.logs.tail()).toEqual([]);
		expect(await leftIn(box)).toEqual([]);
	});

	it("tells its log as it comes, of every start, and its end when asked", async () => {
		await using box = await sandbox();
		const lines: string[] = [];
		const logger = recordingLogger();
		const onLog = (line: string, stream: string) => {
			lines.push(`${stream} ${line}`);
			throw new Error("a callback's own");
		};
		await using engine = await startEphemeralEngine({ environment: box.environment, onLog, logger });
		const started = () => lines.filter((line) => /^stdout .*"starting rivet"/.test(line));
		await vi.waitUntil(() => started().length === 1, { timeout: 20_000 });
		await engine.stop();
		// All of it was told when the stop is over.
		expect(lines.at(-1)).toContain("all services finished");
		const tail = await engine.logs.tail(2);
		expect(tail).toHaveLength(2);
		expect(`stdout ${tail[1]}`).toBe(lines.at(-1));
		await engine.restart();
		await vi.waitUntil(() => started().length === 2, { timeout: 20_000 });
		// Once for each start.
		expect(logger.messages("warn")).toEqual(Array(2).fill("the callback `onLog` has thrown"));
	});

	it("refuses an option that would say where it runs, and what it does not know, before anything is made", async () => {
		await using box = await sandbox();
		for (const options of [{ bindPort: 6420 }, { storageRoot: "/" }, { timeoutMs: -1 }, { sharedKey: "" }]) {
			const start = startEphemeralEngine({ ...(options as object), environment: box.environment });
			await expect(start, JSON.stringify(options)).rejects.toMatchObject({ code: "invalid_option" });
		}
		expect(await readdir(box.folder)).toEqual([]);
	});
});

describe("B41 the files of a throw-away engine that failed", () => {
	it("go with one that does not start, and stay if that was asked for; the error says so", async () => {
		await using box = await sandbox();
		await using fake = await createFakeEngine({ exit: { code: 3, stderr: "Error: no such luck\n" } });
		const options = { binaryPath: fake.path };
		await expect(startEphemeralEngine({ ...options, environment: box.environment })).rejects.toMatchObject({
			code: "health_check_failed",
			metadata: {
				stderrTail: ["Error: no such luck"],
				hint: expect.stringContaining("`keepOnFailure`"),
			},
		});
		expect(await leftIn(box)).toEqual([]);

		const logger = recordingLogger();
		const kept = await startEphemeralEngine({
			environment: box.environment,
			...options,
			keepOnFailure: true,
			logger,
		}).catch((error) => error.metadata);
		expect(await entriesIn(box)).toEqual([path.basename(kept.storagePath)]);
		expect(kept.hint).toContain(kept.storagePath);
		expect(await readFile(kept.logs.stderr, "utf8")).toBe("Error: no such luck\n");
		expect(logger.entries.at(-1)).toMatchObject({ level: "warn", fields: { path: kept.storagePath } });
		await sweepLeftovers(ephemeralFolderOf(box));
		expect(await entriesIn(box), "nobody removes them").toEqual([path.basename(kept.storagePath)]);
	});

	it("stay of one that ended by itself, but not of one that its test killed", async () => {
		await using box = await sandbox();
		const logger = recordingLogger();
		const start = () => startEphemeralEngine({ environment: box.environment, keepOnFailure: true, logger });
		const killed = await start();
		await killed.kill();
		await killed[Symbol.asyncDispose]();
		expect(await leftIn(box)).toEqual([]);
		expect(logger.messages("error")).toEqual([]);

		const crashed = await start();
		process.kill(pidOf(crashed), "SIGABRT");
		expect(await crashed.exited).toMatchObject({ kind: "signaled", signal: "SIGABRT" });
		await crashed[Symbol.asyncDispose]();
		expect(await leftIn(box)).toEqual([path.basename(crashed.storagePath)]);
		expect(logger.messages("error")).toEqual([
			"the throw-away engine has ended by itself, or was ended by somebody else",
		]);
	});

	it.each(["spawned", "healthy"])("go with a start that is aborted when it is %s", async (moment) => {
		await using box = await sandbox();
		const abort = new AbortController();
		const reason = new Error("enough");
		const logger = recordingLogger();
		const start = startEphemeralEngine({
			environment: box.environment,
			logger,
			signal: abort.signal,
			onEvent: ({ kind }) => kind === moment && abort.abort(reason),
		});
		await expect(start).rejects.toBe(reason);
		expect(await leftIn(box)).toEqual([]);
		expect(logger.messages("error")).toEqual([]);
	});
});

describe("B41 the ports of throw-away engines", () => {
	it("are reserved: of 32 that begin with the same ones each gets its own, and none that somebody listens on", async () => {
		await using box = await sandbox();
		const folder = ephemeralFolderOf(box);
		await mkdir(folder, { recursive: true });
		const candidates = candidatePorts(32_768, 0.5);
		const [first = 0] = candidates;
		await using _apiPeer = listenOn(first + 1);
		const reservations = await Promise.all(
			Array.from({ length: 32 }, () => reserve(folder, null, { candidates })),
		);
		const ports = reservations.map(({ port }) => port);
		expect(new Set(ports).size).toBe(32);
		expect(ports).not.toContain(first);
		expect(await entriesIn(box)).toEqual(ports.map((port) => `${port}.json`).sort());
	});

	it("are others if something takes them that knows of no reservation", async () => {
		await using box = await sandbox();
		const taken: number[] = [];
		const servers: AsyncDisposable[] = [];
		await using engine = await startEphemeralEngine({
			environment: box.environment,
			onEvent: ({ kind }) => {
				if (kind !== "resolving" || taken.length > 0) return;
				const [record = ""] = readdirSync(ephemeralFolderOf(box));
				taken.push(Number.parseInt(record, 10));
				servers.push(listenOn(taken[0] ?? 0));
			},
		});
		await servers[0]?.[Symbol.asyncDispose]();
		expect(taken).toHaveLength(1);
		expect(engine.endpoint).not.toContain(`:${taken[0]}`);
		expect(await entriesIn(box)).toHaveLength(2);
	});
});

describe("B41 what hosts that were killed have left", () => {
	/** A record of an engine whose host is dead, as far as `changes` does not say otherwise, and its storage. */
	async function leftover(box: Sandbox, changes: Readonly<Record<string, unknown>> = {}, port = 20_000) {
		const folder = ephemeralFolderOf(box);
		const self = await identifyProcess(process.pid);
		// Another process had this pid.
		const host = { ...self, startTime: "1" };
		const record = {
			format: 1,
			nonce: "0123abcd",
			host,
			sharedAs: null,
			keepOnFailure: false,
			createdAt: "",
			...changes,
		};
		const storagePath = path.join(folder, `${port}-0123abcd`);
		await mkdir(folder, { recursive: true });
		await writeFile(path.join(folder, `${port}.json`), JSON.stringify(record));
		return { folder, self, storagePath, layout: instanceLayout(folder, storagePath) };
	}

	it("is removed, and nothing is signalled that has a recorded pid by chance", async () => {
		await using box = await sandbox();
		await using stranger = runScript("console.log('here'); setInterval(() => {}, 1000);");
		await stranger.nextLine();
		const { folder, layout } = await leftover(box);
		await mkdir(layout.databasePath, { recursive: true });
		const identity = { ...(await identifyProcess(stranger.pid)), startTime: "1" };
		await writeFile(layout.recordPath, JSON.stringify(recordOf(identity, layout)));
		expect((await readRecords(layout)).owner).toMatchObject({ kind: "present" });
		await sweepLeftovers(folder);
		expect(await entriesIn(box)).toEqual([]);
		expect(await identifyProcess(stranger.pid), "it lives").toMatchObject({ pid: stranger.pid });
	});

	it("is removed all at once, also of those that processes have shared", async () => {
		await using box = await sandbox();
		const { folder } = await leftover(box);
		await leftover(box, {}, 20_020);
		// Two keys with one lock.
		await leftover(box, { sharedAs: "0".repeat(32) }, 20_040);
		await leftover(box, { sharedAs: "0".repeat(31).concat("1") }, 20_060);
		await sweepLeftovers(folder);
		expect(await entriesIn(box)).toEqual([]);
	});

	it("is removed though it has no record any more, unless it is kept or its engine may live", async () => {
		await using box = await sandbox();
		const { folder, self, layout, storagePath } = await leftover(box);
		await rm(path.join(folder, "20000.json"));
		await mkdir(storagePath);
		await writeFile(layout.recordPath, JSON.stringify(recordOf(self, layout)));
		await sweepLeftovers(folder);
		expect(await entriesIn(box)).toEqual(["20000-0123abcd"]);

		await writeFile(layout.recordPath, JSON.stringify(recordOf({ ...self, startTime: "1" }, layout)));
		await writeFile(path.join(storagePath, "kept"), "");
		await sweepLeftovers(folder);
		expect(await entriesIn(box)).toEqual(["20000-0123abcd"]);

		await rm(path.join(storagePath, "kept"));
		await sweepLeftovers(folder);
		expect(await entriesIn(box)).toEqual([]);
	});

	it("is left alone where a record would lead elsewhere, and what a link leads to stays", async () => {
		await using box = await sandbox();
		const victim = path.join(box.folder, "victim");
		await mkdir(victim);
		await writeFile(path.join(victim, "file"), "");
		const { folder } = await leftover(box, { nonce: "../../../victim", storagePath: victim });
		await sweepLeftovers(folder);
		expect(await entriesIn(box)).toEqual(["20000.json"]);

		const { storagePath } = await leftover(box, { storagePath: victim });
		await symlink(victim, storagePath);
		await sweepLeftovers(folder);
		expect(await entriesIn(box)).toEqual([]);
		expect(await readdir(victim)).toEqual(["file"]);
	});

	it("is left alone while its host, or its engine, may live where it cannot be seen", async () => {
		await using box = await sandbox();
		const { folder, self, layout } = await leftover(box, {
			host: { ...(await identifyProcess(process.pid)) },
		});
		await sweepLeftovers(folder);
		expect(await entriesIn(box)).toEqual(["20000.json"]);

		const elsewhere = { ...self, pidNamespace: "pid:[1]" };
		await leftover(box, { host: elsewhere });
		await sweepLeftovers(folder);
		expect(await entriesIn(box)).toEqual(["20000.json"]);

		await leftover(box);
		await mkdir(layout.folder);
		await writeFile(layout.recordPath, JSON.stringify(recordOf(elsewhere, layout)));
		const logger = recordingLogger();
		await sweepLeftovers(folder, { logger });
		expect(await entriesIn(box)).toEqual(["20000-0123abcd", "20000.json"]);
		expect(logger.messages("warn")).toEqual(["a throw-away engine that nobody uses was left alone"]);
	});

	function recordOf(identity: unknown, layout: InstanceLayout) {
		return {
			format: 1,
			instanceId: "1",
			identity,
			endpoint: "http://127.0.0.1:20000",
			bindHost: "127.0.0.1",
			ports: { guard: 20000, apiPeer: 20001, metrics: 20010 },
			publicUrl: null,
			binary: { path: "/rivet-engine", source: "npm" },
			version: "2.3.19",
			databasePath: layout.databasePath,
			lastDatabaseVersion: null,
			logs: { stdout: "/out", stderr: "/err" },
			startedAt: "2026-01-02T03:04:05.678Z",
		};
	}
});

describe("B41 a temporary folder that cannot be used", () => {
	it.each<[string, (folder: string) => Promise<unknown>, string]>([
		["others may look into", async (folder) => chmod(await made(folder), 0o750), "run chmod 700"],
		["leads elsewhere", async (folder) => symlink(path.dirname(folder), folder), "is not a folder"],
	])("is refused where ours is one that %s", async (_title, prepare, reason) => {
		await expectRefused(prepare, reason);
	});

	it.runIf(process.getuid?.() === 0)(
		"is refused where ours is somebody else's, which takes root to try",
		async () => {
			await expectRefused(
				async (folder) => chown(await made(folder), 12_345, 12_345),
				"belongs to another user",
			);
		},
	);

	it("is refused where it is missing, with what to do about that", async () => {
		await using box = await sandbox();
		const environment = { ...box.environment, TMPDIR: path.join(box.folder, "missing") };
		await expect(startEphemeralEngine({ environment })).rejects.toMatchObject({
			code: "read_only",
			metadata: { hint: expect.stringContaining("a folder that is there") },
		});
	});

	async function expectRefused(prepare: (folder: string) => Promise<unknown>, reason: string): Promise<void> {
		await using box = await sandbox();
		await prepare(path.dirname(ephemeralFolderOf(box)));
		await expect(startEphemeralEngine({ environment: box.environment })).rejects.toMatchObject({
			code: "read_only",
			message: expect.stringContaining(reason),
			metadata: { hint: expect.stringContaining("TMPDIR") },
		});
	}
});

function endpointOf({ endpoint }: EphemeralEngine): EngineEndpoint {
	return parseEndpoint(endpoint);
}

/** Has the port at once. */
function listenOn(port: number): AsyncDisposable {
	const server = net.createServer().listen(port);
	return { [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())) };
}

async function made(folder: string): Promise<string> {
	await mkdir(folder);
	return folder;
}
