// Seen to fail with inherited `RIVET__*`, and without a configuration file, a bind host or telemetry off in
// `ephemeralContext`; without `removeReservation`, the end of the engine or that of the guard in `release`; without the
// stop, or the data, in `restart`; with SIGTERM for every `kill`, without the check of its signal and of the options, with
// calls that take no turn, without `disposed`; with the errors of `onLog` let through. Failures: without `setFailed`, with
// every end unexpected, without the hint, without the release after an aborted start, and without the check of the signal
// after the start.
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { type EngineEndpoint, parseEndpoint } from "@rivetkit/engine-core";
import { createFakeEngine, processGone, recordingLogger } from "@rivetkit/engine-testkit";
import { describe, expect, it, vi } from "vitest";
import { probeEngine } from "../../engine-health/src/index.ts";
import { createNamespace, namespaces, sandbox } from "../../engine-lifecycle/test/sandbox.ts";
import { sweepLeftovers } from "../src/cleanup/sweep-leftovers.ts";
import type { EphemeralEngine } from "../src/ephemeral-engine.ts";
import { startEphemeralEngine } from "../src/start-ephemeral-engine.ts";
import { sweepEphemeralEngines } from "../src/sweep-ephemeral-engines.ts";
import { entriesIn, ephemeralFolderOf, leftIn } from "./ephemeral-box.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

function pidOf({ startup }: EphemeralEngine): number {
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

	it("is not moved or changed by anything inherited", async () => {
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

	it("can be stopped and started again, until it is disposed of", async () => {
		await using box = await sandbox();
		const engine = await startEphemeralEngine({ environment: box.environment });
		expect(await engine.stop()).toEqual({ kind: "exited", code: 0 });
		expect(await probeEngine(endpointOf(engine))).toMatchObject({ kind: "free" });
		// The calls take turns.
		const [, killed] = await Promise.all([engine.restart(), engine.kill()]);
		expect(killed).toEqual({ kind: "signaled", signal: "SIGKILL" });
		await expect(engine.kill("SIGSTOP" as "SIGKILL")).rejects.toMatchObject({ code: "invalid_option" });
		const misspelt = { singal: AbortSignal.timeout(1) } as object;
		for (const call of [
			() => engine.stop(misspelt),
			() => engine.restart(misspelt),
			() => engine.kill("SIGKILL", misspelt),
		]) {
			await expect(call()).rejects.toMatchObject({ code: "invalid_option", metadata: { option: "singal" } });
		}
		const reason = new Error("enough");
		await expect(engine.restart({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
		const interrupted = engine.restart();
		interrupted.catch(() => {});
		await engine[Symbol.asyncDispose]();
		await engine[Symbol.asyncDispose]();
		await expect(interrupted).rejects.toMatchObject({ code: "disposed" });
		await expect(engine.restart()).rejects.toMatchObject({
			code: "disposed",
			message: expect.stringContaining("was disposed of"),
		});
		expect(await engine.logs.tail()).toEqual([]);
		expect(await leftIn(box)).toEqual([]);
	});

	it("gives its log as it comes, for every start, and the last lines when asked", async () => {
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
		// `onLog` has got every line when the stop is over.
		expect(lines.at(-1)).toContain("all services finished");
		const tail = await engine.logs.tail(2);
		expect(tail).toHaveLength(2);
		expect(`stdout ${tail[1]}`).toBe(lines.at(-1));
		await engine.restart();
		await vi.waitUntil(() => started().length === 2, { timeout: 20_000 });
		// Once for each start.
		expect(logger.messages("warn")).toEqual(Array(2).fill("the callback `onLog` has thrown"));
	});

	it("refuses options that would place it, and unknown options, before anything is created", async () => {
		await using box = await sandbox();
		for (const options of [
			{ bindPort: 6420 },
			{ storageRoot: "/" },
			{ timeoutMs: -1 },
			{ sharedKey: "a key" },
		]) {
			const start = startEphemeralEngine({ ...(options as object), environment: box.environment });
			await expect(start, JSON.stringify(options)).rejects.toMatchObject({ code: "invalid_option" });
		}
		expect(await readdir(box.folder)).toEqual([]);
	});

	it("is swept only with options that are known", async () => {
		await expect(sweepEphemeralEngines({ waitMs: 1 } as object)).rejects.toMatchObject({
			code: "invalid_option",
			metadata: { option: "waitMs" },
		});
	});
});

describe("B41 the files of a throw-away engine that failed", () => {
	it("are removed if it does not start, and kept if that was asked for; the error says so", async () => {
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

	it("are kept if it ended by itself, but not if its test killed it", async () => {
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
		expect(logger.entries.filter(({ level }) => level === "error")).toMatchObject([
			{
				message: "the throw-away engine has ended by itself, or was ended by another program",
				fields: { reason: "it aborted itself" },
			},
		]);
	});

	it.each(["spawned", "healthy"])("are removed if the start is aborted when it is %s", async (moment) => {
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

function endpointOf({ endpoint }: EphemeralEngine): EngineEndpoint {
	return parseEndpoint(endpoint);
}
