// How these tests were seen to fail: with killed users counted, with nobody counted, without the lock, with any
// key, with an engine taken over that nobody uses, without the process that sweeps after an exit, with `kill` not
// refused, without a joiner's `followLogs`, without `endNow`, with the last one's `keepOnFailure`, with a release
// before the end, and with an abort not looked at.
import { appendFile } from "node:fs/promises";
import path from "node:path";
import { parseEndpoint } from "@rivetkit/engine-core";
import { processGone, type RunningScript, runScript } from "@rivetkit/engine-testkit";
import { describe, expect, it, vi } from "vitest";
import { probeEngine } from "../../engine-health/src/index.ts";
import { hostVariables } from "../../engine-lifecycle/test/race-hosts.ts";
import { sandbox } from "../../engine-lifecycle/test/sandbox.ts";
import { sweepLeftovers } from "../src/cleanup/sweep-leftovers.ts";
import { startEphemeralEngine } from "../src/start-ephemeral-engine.ts";
import {
	entriesIn,
	ephemeralHost,
	leftIn,
	runHost,
	STAY,
	type StartedEphemeral,
	started,
	untilNothingIsLeft,
} from "./ephemeral-box.ts";

describe("B41 an engine that several processes share", () => {
	const shared = { sharedKey: "a key/with: anything" };
	const SHARE = `
		process.once("SIGUSR2", async () => { await engine[Symbol.asyncDispose](); console.log("left"); process.exit(); });
		${STAY}
	`;

	it("is one for those who name the same key, counts a killed one as gone, and ends with the last", async () => {
		await using box = await sandbox();
		await using one = runHost(box, SHARE, shared);
		await using two = runHost(box, SHARE, shared);
		await using three = runHost(box, SHARE, shared);
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
		await using one = runHost(box, STAY, shared);
		await started(one);
		await using two = runHost(box, "process.exit();", shared);
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
		await using script = runHost(box, STAY, shared);
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
