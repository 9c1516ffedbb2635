import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import { processGone, type TemporaryFolder, temporaryFolder } from "../src/index.ts";

// Seen to fail without each of the three places in which the guardian looks for a process, and without the end of a worker
// that has lost its Vitest.

const root = fileURLToPath(new URL("../../../", import.meta.url));
const testkit = fileURLToPath(new URL("../src/index.ts", import.meta.url));

interface Left {
	/** The pid of the process that ran the file of tests. */
	readonly pid: number;
	readonly pids: readonly number[];
	readonly folders: readonly string[];
}

/**
 * The source of a test that starts a shell, a host, an engine, and two processes that only their command line or their
 * working folder gives away. Some have sessions of their own. The test writes down what it has started, and does not
 * end by itself.
 */
const leavingTest = (report: string, end: string): string => `
	import { spawn } from "node:child_process";
	import { renameSync, writeFileSync } from "node:fs";
	import os from "node:os";
	import { createFakeEngine, runScript, temporaryFolder } from ${JSON.stringify(testkit)};
	import { test } from "vitest";

	test("leaves all that it has started", async () => {
		const folder = await temporaryFolder();
		await using fake = await createFakeEngine({ ignoreSigterm: true });
		const options = { stdio: "ignore", detached: true, env: { PATH: process.env.PATH } };
		const shell = spawn("sh", ["-c", "sleep 300; true"], { stdio: "ignore" });
		const engine = spawn(fake.path, ["start"], options);
		const named = spawn("sh", ["-c", "while sleep 1; do :; done", folder.path], options);
		const worker = spawn("sleep", ["300"], { ...options, cwd: folder.path });
		await using host = runScript("process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);");
		const pids = [shell, engine, named, worker, host].map(({ pid }) => pid);
		const report = ${JSON.stringify(report)};
		const folders = [folder.path, fake.folder, os.tmpdir()];
		writeFileSync(report + ".new", JSON.stringify({ pid: process.pid, pids, folders }));
		renameSync(report + ".new", report);
		${end}
		await new Promise(() => {});
	});
`;

/** Runs such a test with the configuration of all tests, and resolves when the test has started everything. */
async function runLeavingTest(place: TemporaryFolder, end: string, timeoutMs = 600_000) {
	const folder = path.join(place.path, "packages/any/test");
	const report = path.join(place.path, "left.json");
	await mkdir(folder, { recursive: true });
	await writeFile(path.join(folder, "leaving.test.ts"), leavingTest(report, end));
	const settings = ["--config", path.join(root, "vitest.config.ts"), "--root", place.path];
	const limits = ["--reporter=default", `--testTimeout=${timeoutMs}`];
	const vitest = path.join(root, "node_modules/vitest/vitest.mjs");
	// Without the variables by which the guardian of this file would find it: another guardian is tested.
	const env = { PATH: process.env["PATH"], HOME: place.path, NO_COLOR: "1" };
	const child = spawn(process.execPath, [vitest, "run", ...settings, ...limits], {
		cwd: root,
		env,
		stdio: ["ignore", "pipe", "pipe"],
	});
	let output = "";
	for (const stream of [child.stdout, child.stderr]) {
		stream.on("data", (chunk: Buffer) => {
			output += chunk.toString();
		});
	}
	const closed = once(child, "close").then(() => output);
	const left: Left = await vi.waitFor(async () => JSON.parse(await readFile(report, "utf8")), {
		timeout: 60_000,
		interval: 20,
	});
	return { child, closed, left };
}

/** Waits until nothing is left of a test. */
async function expectNothingLeft({ pids, folders }: Left): Promise<void> {
	expect(pids).toHaveLength(5);
	for (const pid of pids) await processGone(pid, 20_000);
	for (const folder of folders) {
		await vi.waitUntil(() => !existsSync(folder), { timeout: 20_000, interval: 20 });
	}
}

describe.runIf(process.platform === "linux")(
	"what a test has started is gone soon after",
	{ timeout: 120_000 },
	() => {
		test("it timed out", async () => {
			await using place = await temporaryFolder();
			// The time limit is long enough for the test to start everything.
			const { closed, left } = await runLeavingTest(place, "", 5000);
			expect(await closed).toContain("Test timed out in 5000ms");
			await expectNothingLeft(left);
		});

		test("its process was killed", async () => {
			await using place = await temporaryFolder();
			const { closed, left } = await runLeavingTest(place, "process.kill(process.pid, 'SIGKILL');");
			expect(await closed).toContain("1 error");
			await expectNothingLeft(left);
		});

		test("Vitest was killed", async () => {
			await using place = await temporaryFolder();
			const { child, closed, left } = await runLeavingTest(place, "");
			child.kill("SIGKILL");
			await processGone(left.pid, 20_000);
			await expectNothingLeft(left);
			await closed;
		});
	},
);
