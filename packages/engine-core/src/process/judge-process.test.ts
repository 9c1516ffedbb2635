import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { processGone, runScript } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { identifyProcess, pidExists } from "./identify-process.ts";
import { comparePlaces, judgeProcess, judgeSighting, type ProcessJudgement } from "./judge-process.ts";
import type { ProcessIdentity } from "./process-identity.ts";
import { parseProcStat } from "./reader/proc-stat.ts";

describe.runIf(process.platform === "linux")("B37 the identity of a process", () => {
	test("contains the time and place of its start", async () => {
		expect(await identityOf(process.pid)).toEqual({
			pid: process.pid,
			startTime: expect.stringMatching(/^\d+$/),
			bootId: expect.stringMatching(/^[0-9a-f-]{36}$/),
			machineId: expect.toSatisfy((id) => id === null || /^\S+$/.test(id)),
			pidNamespace: expect.stringMatching(/^pid:\[\d+\]$/),
		});
	});

	test("is the same each time, and differs from that of another process", async () => {
		await using script = runScript("setInterval(() => {}, 1000)");
		expect(await identityOf(script.pid)).toEqual(await identityOf(script.pid));
		expect(await identityOf(script.pid)).not.toMatchObject({
			startTime: (await identityOf(process.pid)).startTime,
		});
	});

	test("does not exist for a pid that no process has", async () => {
		expect(await identifyProcess(await deadPid())).toBeUndefined();
	});

	test.each([0, -1])("does not exist for pid %i, which stands for a group of processes", async (pid) => {
		expect(await identifyProcess(pid)).toBeUndefined();
	});

	test("does not exist for a zombie, although its pid can be signalled", async () => {
		await using zombie = await zombiePid();
		expect(pidExists(zombie.pid)).toBe(true);
		expect(await identifyProcess(zombie.pid)).toBeUndefined();
	});

	test("has no start time if this process has no file descriptor left", async () => {
		await using _ = await withoutDescriptors();
		expect(await identifyProcess(process.pid)).toMatchObject({ pid: process.pid, startTime: null });
	});
});

describe.runIf(process.platform === "linux")("B37 the judgement of a process", () => {
	test("is `alive` for a process that lives", async () => {
		expect(await judgeProcess(await identityOf(process.pid))).toBe("alive");
	});

	test("is `dead` for a process that has ended", async () => {
		const script = runScript("setInterval(() => {}, 1000)");
		const identity = await identityOf(script.pid);
		expect(await judgeProcess(identity)).toBe("alive");
		await script[Symbol.asyncDispose]();
		expect(await judgeProcess(identity)).toBe("dead");
	});

	test("is `dead` for a zombie", async () => {
		await using zombie = await zombiePid();
		const { startTime } = parseProcStat(await readFile(`/proc/${zombie.pid}/stat`, "utf8"));
		const identity = { ...(await identityOf(process.pid)), pid: zombie.pid, startTime };
		expect(await judgeProcess(identity)).toBe("dead");
	});

	test("is `dead` if another process has its pid now", async () => {
		expect(await judgeProcess({ ...(await identityOf(process.pid)), startTime: "1" })).toBe("dead");
	});

	test.each<[string, Partial<ProcessIdentity>]>([
		["another pid namespace", { pidNamespace: "pid:[1]" }],
		["another machine", { machineId: "another", bootId: "another" }],
		["another machine with the same boot id", { machineId: "another" }],
		["a place that did not say its boot", { bootId: null }],
		["a place that did not say its pid namespace", { pidNamespace: null }],
		["a place that did not say its start time", { startTime: null }],
	])("is `unknown` for an identity from %s", async (_, difference) => {
		const identity = { ...(await identityOf(process.pid)), pid: await deadPid(), ...difference };
		expect(await judgeProcess(identity)).toBe("unknown");
	});

	test.each<[string, Partial<ProcessIdentity> | undefined, ProcessJudgement]>([
		["nobody", undefined, "dead"],
		["itself", {}, "alive"],
		["another process", { startTime: "2" }, "dead"],
		["a process that cannot be looked at, perhaps itself", { startTime: null }, "unknown"],
	])("follows from its pid, which %s has now", async (_, difference, judgement) => {
		const identity = { ...(await identityOf(process.pid)), startTime: "1" };
		expect(judgeSighting(identity, difference && { ...identity, ...difference })).toBe(judgement);
	});
});

describe("B37 the place of an identity", () => {
	const here = { bootId: "boot", machineId: "machine", pidNamespace: "pid:[1]" };
	const identity = { ...here, startTime: "1" };
	const nowhere = { bootId: null, machineId: null, pidNamespace: null };

	test.each<[ReturnType<typeof comparePlaces>, string, Partial<typeof identity>]>([
		["here", "everything is the same", {}],
		["earlier-boot", "another boot of this machine", { bootId: "before" }],
		[
			"earlier-boot",
			"another boot of this machine, in a container then",
			{ bootId: "before", pidNamespace: "pid:[2]" },
		],
		["elsewhere", "another machine", { machineId: "other", bootId: "other" }],
		["elsewhere", "a container on this machine", { pidNamespace: "pid:[2]" }],
	])("%s: %s", (expected, _, difference) => {
		expect(comparePlaces({ ...identity, ...difference }, here)).toBe(expected);
	});

	test("is not an earlier boot if the machines have no id", () => {
		const unnamed = { ...identity, machineId: null };
		expect(comparePlaces({ ...unnamed, bootId: "other" }, { ...here, machineId: null })).toBe("elsewhere");
		expect(comparePlaces(unnamed, { ...here, machineId: null })).toBe("here");
	});

	test("is unknown on a platform that reports nothing", () => {
		expect(comparePlaces({ ...nowhere, startTime: null }, nowhere)).toBe("not-recorded");
		expect(comparePlaces({ ...nowhere, startTime: null }, here)).toBe("elsewhere");
		expect(comparePlaces(identity, nowhere)).toBe("elsewhere");
	});
});

async function identityOf(pid: number): Promise<ProcessIdentity> {
	const identity = await identifyProcess(pid);
	if (identity === undefined) throw new Error(`No process has pid ${pid}.`);
	return identity;
}

/** Prevents this process from opening more files. Disposing allows it again. */
async function withoutDescriptors(): Promise<AsyncDisposable> {
	const limits = await readFile("/proc/self/limits", "utf8");
	const [, soft] = /^Max open files +(\S+)/m.exec(limits) ?? [];
	const setLimit = (limit: string): string =>
		execFileSync("prlimit", [`--pid=${process.pid}`, `--nofile=${limit}:`], { encoding: "utf8" });
	// Starting a program needs descriptors, too, so a program that already runs must undo the limit.
	const restorer = spawn("sh", ["-c", `read -r _; exec prlimit --pid=${process.pid} --nofile=${soft}:`], {
		stdio: ["pipe", "ignore", "ignore"],
	});
	const exited = once(restorer, "exit");
	setLimit("1");
	return {
		async [Symbol.asyncDispose]() {
			restorer.stdin.end("\n");
			await exited;
		},
	};
}

async function deadPid(): Promise<number> {
	const script = runScript("");
	await script.exited;
	return script.pid;
}

/** Makes a zombie: a child ends while its parent is stopped and cannot ask for its status. Disposing ends the parent. */
async function zombiePid(): Promise<AsyncDisposable & { pid: number }> {
	const parent = spawn("sh", ["-c", "sleep 120 & echo $!; exec sleep 120"], {
		stdio: ["ignore", "pipe", "ignore"],
	});
	const exited = once(parent, "exit");
	const [line] = await once(parent.stdout, "data");
	const pid = Number(line);
	parent.kill("SIGSTOP");
	process.kill(pid, "SIGKILL");
	await processGone(pid);
	return {
		pid,
		async [Symbol.asyncDispose]() {
			parent.kill("SIGKILL");
			await exited;
		},
	};
}
