import { spawn } from "node:child_process";
import { mkdir, readFile, truncate } from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { type Sandbox, sandbox, skipAloud } from "../../../engine-lifecycle/test/sandbox.ts";
import { target } from "../tool.ts";
import { bin, count, foreground, logCopies } from "./foreground.ts";

// Seen to fail with an engine that waits for its reader although it is told to end, with a tool that waits for its
// reader, with SIGTERM at each failing write (244 until the engine had ended), and with output dropped while nobody reads.

/** Makes each line longer: as much output then takes fewer requests, which cost more than the output. */
const PADDING = "x".repeat(4000);

/** Sends requests to an engine, which writes a long line for each. */
function manyLines(box: Sandbox, requests: number) {
	let answered = 0;
	const agent = new http.Agent({ keepAlive: true, maxSockets: 20 });
	const all = Promise.all(
		Array.from({ length: requests }, async (_, index) => {
			await new Promise<void>((resolve) => {
				const url = `${box.endpoint}/nowhere/${index}-${PADDING}`;
				const request = http.get(url, { agent }, (response) => response.resume().once("close", resolve));
				request.once("error", () => resolve());
			});
			answered++;
		}),
	).finally(() => agent.destroy());
	return { all, answered: () => answered };
}

/** Number of lines, of some 4200 bytes each, that is more than the pipes and buffers on the way can hold. */
const TOO_MANY = 400;

/** Waits until an engine stops answering, because nobody reads its output. */
async function untilStalled(answered: () => number): Promise<void> {
	let before = -1;
	const isStalled = (): boolean => {
		const now = answered();
		const hasStood = now === before && now > 0;
		before = now;
		return hasStood;
	};
	await vi.waitUntil(isStalled, { interval: 500, timeout: 20_000 });
}

describe("B42 the reader of the output of rivet-enginectl run", () => {
	it("may be slow: the engine waits, and no line is lost", async () => {
		await using box = await sandbox();
		await using engine = foreground(box, { isUnread: true });
		await engine.ready();
		const lines = manyLines(box, TOO_MANY);
		await untilStalled(lines.answered);
		expect(lines.answered(), "it was held back").toBeLessThan(TOO_MANY);
		engine.child.stdout?.resume();
		await lines.all;
		engine.child.kill();
		expect(await engine.closed).toBe(0);
		const paths = new Set(engine.stdout().match(/(?<=uri=\/nowhere\/)\d+/g));
		expect(paths.size).toBe(TOO_MANY);
		expect(engine.stdout()).toContain("all services finished");
		expect((await logCopies(box)).length, "the copy stays within its limit").toBeLessThan(1024 * 1024);
	});

	it("may read nothing: the engine and the tool still end in good order", async () => {
		await using box = await sandbox();
		await using engine = foreground(box, { isUnread: true, args: ["--grace", "4000"] });
		await engine.ready();
		const lines = manyLines(box, TOO_MANY);
		await untilStalled(lines.answered);
		engine.child.kill();
		expect(await engine.exited, "137 if it was killed").toBe(0);
		expect(await box.engines()).toEqual([]);
		await lines.all;
	});

	it("may go away: the engine is told to end, once", async () => {
		await using box = await sandbox();
		await using engine = foreground(box);
		await engine.ready();
		engine.child.stdout?.destroy();
		await manyLines(box, 50).all;
		expect(await engine.closed).toBe(0);
		expect(engine.stderr(), "no crash of Node").not.toMatch(/EPIPE|node:|^ {4}at /m);
		const log = await logCopies(box);
		expect(count(log, "received SIGTERM")).toBe(1);
		expect(log).not.toContain("received another");
		expect(log).toContain("all services finished");
		expect(await box.engines()).toEqual([]);
	});

	it("may go away during the start, as `head -n 1` does, and the engine is not killed", async () => {
		await using box = await sandbox();
		const pipe = 'set -o pipefail; "$@" | head -n 1';
		const args = [process.execPath, bin, "run", ...target(box), "--no-telemetry"];
		const shell = spawn("bash", ["-c", pipe, "bash", ...args], {
			env: box.environment as NodeJS.ProcessEnv,
			stdio: ["ignore", "pipe", "pipe"],
		});
		let [stdout, stderr] = ["", ""];
		shell.stdout.on("data", (chunk: Buffer) => {
			stdout += chunk.toString();
		});
		shell.stderr.on("data", (chunk: Buffer) => {
			stderr += chunk.toString();
		});
		expect(await new Promise((resolve) => shell.once("close", resolve))).toBe(0);
		expect(stdout).toMatch(/^ts=.*\n$/);
		expect(stderr).not.toMatch(/EPIPE|node:|^ {4}at /m);
		expect(await logCopies(box)).toContain("all services finished");
		expect(await box.engines()).toEqual([]);
	});

	it("may be a file on a full disk: the engine goes on, and so does the log once there is room", async (context) => {
		if (process.getuid?.() !== 0) skipAloud(context, "mounting a disk takes root");
		await using box = await sandbox();
		const disk = path.join(box.folder, "disk");
		await mkdir(disk);
		const onDisk = 'mount -t tmpfs -o size=16k none "$0" && exec "$@" >>"$0/log"';
		await using engine = foreground(box, { wrapper: ["unshare", "--mount", "bash", "-c", onDisk, disk] });
		const { pid } = await engine.ready();
		await manyLines(box, 200).all;
		await engine.says(/warning: the standard output cannot be written to.*ENOSPC/);
		expect(count(engine.stderr(), "warning"), "said once").toBe(1);
		expect(await box.engines()).toEqual([pid]);
		const log = `/proc/${engine.pid}/root${disk}/log`;
		await truncate(log);
		await manyLines(box, 1).all;
		await vi.waitUntil(async () => (await readFile(log, "utf8")).includes("uri=/nowhere/0-"), {
			timeout: 10_000,
		});
		engine.child.kill();
		expect(await engine.closed).toBe(0);
		expect(await logCopies(box)).toContain("all services finished");
	});
});
