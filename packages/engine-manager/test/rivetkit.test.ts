import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { readRecords } from "@rivetkit/engine-instances";
import { processGone, realEnginePath, runScript } from "@rivetkit/engine-testkit";
import { afterAll, describe, expect, it, vi } from "vitest";
import { startOrReuse } from "../../engine-lifecycle/src/start-or-reuse.ts";
import { engineLogs } from "../../engine-lifecycle/src/status/engine-logs.ts";
import { engineStatus } from "../../engine-lifecycle/src/status/engine-status.ts";
import { stopEngine } from "../../engine-lifecycle/src/stop/stop-engine.ts";
import { hostVariables, waitingHosts } from "../../engine-lifecycle/test/race-hosts.ts";
import { builtPackage, type Sandbox, sandbox } from "../../engine-lifecycle/test/sandbox.ts";
import { runRivetkitHost, waitingRivetkitHost } from "./rivetkit-host.ts";

// Seen to fail without the reuse after a lost race (`recoverStart`), without the proof of an unrecorded engine
// (`proveUnrecorded`), without the comparison with the project's rivetkit (`databaseChange`), and with a watch that never
// takes an engine for gone (`watchReusedEngine`).

/** A folder with one project for each version of rivetkit. `npm run test:rivetkit` makes it. */
const projects = process.env["RIVET_TEST_RIVETKIT"];
if (projects === undefined) {
	console.warn("Skipped: tests beside rivetkit itself, which `npm run test:rivetkit` installs and runs.");
}
const project = path.join(projects ?? "", "2.3.19");
const olderProject = path.join(projects ?? "", "2.3.17");

const ROUNDS = 10;

const figures: string[] = [];
afterAll(() => {
	if (figures.length > 0) console.log(`\nMeasured beside rivetkit, in ms:\n  ${figures.join("\n  ")}\n`);
});

describe.skipIf(projects === undefined)(
	"B24 B35 beside rivetkit 2.3.19 on one storage root",
	{ timeout: 120_000 },
	() => {
		it("rivetkit reuses our engine, and its actors run on it", async () => {
			await using box = await sandbox();
			const engine = await startOrReuse({ ...box.options, environment: box.environment });
			if (engine.startup.kind !== "spawned") throw new Error("It was not spawned.");
			const before = await readFile(box.layout.rivetkitRecordPath, "utf8");
			const tookMs: number[] = [];
			for (let count = 1; count <= REPEATS; count++) {
				const outcome = await runRivetkitHost(project, box);
				expect(outcome).toMatchObject({ kind: "reused", count });
				tookMs.push(outcome.tookMs);
			}
			expect(await box.engines()).toEqual([engine.startup.pid]);
			expect(await readFile(box.layout.rivetkitRecordPath, "utf8")).toBe(before);
			figures.push(`rivetkit reuses our engine: ${median(tookMs)}, until its actors can run`);
			expect(await stopEngine({ ...box.options, environment: box.environment })).toMatchObject({
				kind: "stopped",
			});
		});

		it("our package reuses rivetkit's engine, finds it, watches it and stops it", async () => {
			await using box = await sandbox();
			const rivetkit = await runRivetkitHost(project, box);
			expect(rivetkit).toMatchObject({ kind: "spawned", count: 1 });
			const [pid] = await box.engines();
			const tookMs: number[] = [];
			for (let repeat = 0; repeat < REPEATS; repeat++) {
				const { startup } = await startOrReuse({ ...box.options, environment: box.environment });
				if (startup.kind !== "reused") throw new Error(`It was ${startup.kind}.`);
				expect(startup.mismatch, "rivetkit starts the engine that we would start").toEqual([]);
				tookMs.push(startup.timings.totalMs);
			}
			expect(await engineStatus({ ...box.options, environment: box.environment })).toMatchObject({
				kind: "running",
				pid,
			});
			expect((await engineLogs({ ...box.options, environment: box.environment }))?.stdout).toMatch(
				/\/engine-\d+-stdout\.log$/,
			);
			const { exited } = await startOrReuse({ ...box.options, environment: box.environment });
			const stopped = await stopEngine({ ...box.options, environment: box.environment });
			expect(stopped).toMatchObject({ kind: "stopped", pid, outcome: "exited" });
			expect(await exited, "only its parent knows more").toEqual({ kind: "unknown" });
			expect(await box.engines()).toEqual([]);
			figures.push(`ours reuses rivetkit's engine: ${median(tookMs)}`);
		});

		it("both start at once and end with one engine that both use, in ten rounds", async () => {
			const spawned: number[] = [];
			const [ours, theirs]: [number[], number[]] = [[], []];
			let staleRecords = 0;
			for (let round = 0; round < ROUNDS; round++) {
				await using box = await sandbox();
				const [our] = await waitingHosts(box, [{}]);
				if (our === undefined) throw new Error("There is no host.");
				await using their = await waitingRivetkitHost(project, box);
				const order = round % 2 === 0 ? [our, their] : [their, our];
				for (const host of order) {
					host.go();
					// Every two rounds the second host starts a little later, in the end when an engine is about ready.
					await new Promise((resolve) => setTimeout(resolve, Math.floor(round / 2) * GAP_MS));
				}
				const outcomes = await Promise.all([our.outcome, their.outcome]);
				const told = `round ${round}: ${JSON.stringify(outcomes)}`;
				const succeeded = { kind: expect.stringMatching(/^(spawned|reused)$/), tookMs: expect.any(Number) };
				expect(outcomes, told).toMatchObject([succeeded, { ...succeeded, count: 1 }]);
				const engines = await box.engines();
				expect(engines, told).toHaveLength(1);
				const { rivetkit } = await readRecords(box.layout);
				if (rivetkit.kind === "present" && rivetkit.record.pid !== engines[0]) staleRecords++;
				spawned.push((await readdir(box.layout.logsFolder)).length / 2);
				ours.push("tookMs" in outcomes[0] ? outcomes[0].tookMs : 0);
				theirs.push(outcomes[1].tookMs);
				expect(await engineStatus({ ...box.options, environment: box.environment }), told).toMatchObject({
					pid: engines[0],
				});
				const stopped = await stopEngine({ ...box.options, environment: box.environment });
				expect(stopped, told).toMatchObject({ kind: "stopped", pid: engines[0] });
				expect(await box.engines(), told).toEqual([]);
			}
			figures.push(
				`both at once, ${ROUNDS} rounds: ${sum(spawned)} engines spawned, ${ROUNDS} lived, ${staleRecords} times rivetkit recorded one that did not`,
				`both at once: ours ${range(ours)}, rivetkit ${range(theirs)}`,
			);
		});

		it("our engine is still found, watched and stopped after rivetkit has recorded another that never lived", async () => {
			await using box = await sandbox();
			const first = await startOrReuse({ ...box.options, environment: box.environment });
			if (first.startup.kind !== "spawned") throw new Error("It was not spawned.");
			const { pid } = first.startup;
			// Our engine holds its database but does not answer: rivetkit starts another engine, and later takes ours for its own.
			process.kill(pid, "SIGSTOP");
			await using their = await waitingRivetkitHost(project, box);
			their.go();
			await vi.waitFor(() => expectLockedOut(box), { timeout: 30_000, interval: 20 });
			process.kill(pid, "SIGCONT");
			expect(await their.outcome).toMatchObject({ kind: "spawned", count: 1 });
			const { rivetkit, recorded } = await readRecords(box.layout);
			expect(rivetkit).toMatchObject({ kind: "present", record: { pid: expect.any(Number) } });
			expect(rivetkit, "the recorded pid is that of the engine which could not live").not.toMatchObject({
				record: { pid },
			});
			expect(recorded).toMatchObject({ kind: "present", record: { identity: { pid } } });

			const { startup, exited } = await startOrReuse({ ...box.options, environment: box.environment });
			expect(startup).toMatchObject({ kind: "reused", mismatch: [], record: { identity: { pid } } });
			expect(await engineStatus({ ...box.options, environment: box.environment })).toMatchObject({
				kind: "running",
				pid,
			});
			expect(await stopEngine({ ...box.options, environment: box.environment })).toMatchObject({
				kind: "stopped",
				pid,
			});
			expect(await first.exited).toEqual({ kind: "exited", code: 0 });
			expect(await exited).toEqual({ kind: "unknown" });
			expect(await box.engines()).toEqual([]);
		});

		it("rivetkit's engine is found and watched after ours has died, and ours starts again after it", async () => {
			await using box = await sandbox();
			const first = await startOrReuse({ ...box.options, environment: box.environment });
			if (first.startup.kind !== "spawned") throw new Error("It was not spawned.");
			process.kill(first.startup.pid, "SIGKILL");
			await processGone(first.startup.pid);
			expect(await runRivetkitHost(project, box)).toMatchObject({ kind: "spawned" });
			const [theirs = 0] = await box.engines();
			const { startup, exited } = await startOrReuse({ ...box.options, environment: box.environment });
			expect(startup).toMatchObject({ kind: "reused", mismatch: [], record: undefined });
			expect(await engineStatus({ ...box.options, environment: box.environment })).toMatchObject({
				kind: "running",
				pid: theirs,
			});
			const killedAt = performance.now();
			process.kill(theirs, "SIGKILL");
			expect(await exited).toEqual({ kind: "unknown" });
			figures.push(
				`ours notices that rivetkit's engine was killed: ${Math.round(performance.now() - killedAt)}`,
			);
			expect((await startOrReuse({ ...box.options, environment: box.environment })).startup.kind).toBe(
				"spawned",
			);
			const [pid] = await box.engines();
			expect(await readRecords(box.layout)).toMatchObject({
				rivetkit: { kind: "present", record: { pid } },
				recorded: { kind: "present", record: { identity: { pid } } },
			});
			expect(await stopEngine({ ...box.options, environment: box.environment })).toMatchObject({
				kind: "stopped",
				pid,
			});
		});
	},
);

describe.skipIf(projects === undefined)("B35 in a project with rivetkit 2.3.17", { timeout: 120_000 }, () => {
	it("a newer engine is refused, with the reason that rivetkit could not use the database afterwards", async () => {
		await using box = await sandbox();
		const refused = await startIn(olderProject, box, { binaryPath: realEnginePath() });
		expect(refused).toMatchObject({ code: "version_upgrade", warnings: [] });
		expect(refused.message).toContain(
			"Engine 2.3.19 is newer than 2.3.17, which the installed rivetkit brings",
		);
		expect(refused.hint).toContain("`allowUpgrade`");
		expect(await readdir(box.layout.databasePath), "nothing has touched the database").toEqual([]);
		expect(await runRivetkitHost(olderProject, box)).toMatchObject({ kind: "spawned", count: 1 });
		expect(await stopEngine({ ...box.options, environment: box.environment })).toMatchObject({
			kind: "stopped",
		});
	});

	it("the engine that rivetkit brings is started unless another is asked for, and both use it", async () => {
		await using box = await sandbox();
		expect(await startIn(olderProject, box)).toEqual({ kind: "spawned", version: "2.3.17", warnings: [] });
		expect(await runRivetkitHost(olderProject, box)).toMatchObject({ kind: "reused", count: 1 });
		expect(await stopEngine({ ...box.options, environment: box.environment })).toMatchObject({
			kind: "stopped",
		});
	});

	it("an allowed newer engine comes with a warning; rivetkit uses it while it runs, and cannot start its own after it", async () => {
		await using box = await sandbox();
		const allowed = await startIn(olderProject, box, { binaryPath: realEnginePath(), allowUpgrade: true });
		expect(allowed).toMatchObject({ kind: "spawned", version: "2.3.19" });
		expect(allowed.warnings).toEqual([
			"this engine is newer than the installed rivetkit's, which cannot use the database afterwards",
		]);
		expect(await runRivetkitHost(olderProject, box)).toMatchObject({ kind: "reused", count: 1 });
		expect(await stopEngine({ ...box.options, environment: box.environment })).toMatchObject({
			kind: "stopped",
		});

		const lockedOut = await runRivetkitHost(olderProject, box);
		expect(lockedOut).toMatchObject({
			kind: "failed",
			message: expect.stringContaining("health_check_failed"),
		});
		figures.push(
			`rivetkit 2.3.17 after engine 2.3.19: fails after ${Math.round(lockedOut.tookMs)}, without a cause`,
		);
		const told = await startIn(olderProject, box);
		expect(told).toMatchObject({ code: "version_rollback" });
		expect(told.message).toContain("Engine 2.3.17 is older than 2.3.19, which has used the database");
	});
});

/** The number of measurements behind a median. */
const REPEATS = 5;

/** By how much the gap between the two starts grows, in milliseconds. */
const GAP_MS = 40;

/** Expects that rivetkit's engine has logged that another engine has its database. */
async function expectLockedOut(box: Sandbox): Promise<void> {
	const names = await readdir(box.layout.logsFolder);
	const logs = names.filter((name) => /^engine-\d+-stderr\.log$/.test(name));
	const texts = await Promise.all(
		logs.map((name) => readFile(path.join(box.layout.logsFolder, name), "utf8")),
	);
	expect(texts.join("")).toContain("LOCK: Resource temporarily unavailable");
}

interface StartIn {
	readonly kind?: string;
	readonly version?: string;
	readonly code?: string;
	readonly message?: string;
	readonly hint?: string;
	readonly warnings: readonly string[];
}

/** Runs a program that starts an engine with our package from the folder of a project, and reads what it gets. */
async function startIn(projectFolder: string, box: Sandbox, options = {}): Promise<StartIn> {
	await using host = runScript(
		`
			import { startOrReuse } from ${JSON.stringify(builtPackage("engine-manager"))};
			const warnings = [];
			const warn = (_fields, message) => warnings.push(message);
			const logger = { debug() {}, info() {}, warn, error: warn };
			await startOrReuse({ ...${JSON.stringify({ ...box.options, ...options })}, logger }).then(
				({ startup: { kind, version } }) => console.log(JSON.stringify({ kind, version, warnings })),
				({ code, message, metadata: { hint } }) => console.log(JSON.stringify({ code, message, hint, warnings })),
			);
		`,
		{ cwd: projectFolder, env: hostVariables(box) },
	);
	const { stdout, stderr } = await host.exited;
	expect(stderr).toBe("");
	return JSON.parse(stdout);
}

function median(values: readonly number[]): number {
	const sorted = [...values].sort((left, right) => left - right);
	return Math.round(sorted[Math.floor(sorted.length / 2)] ?? Number.NaN);
}

function range(values: readonly number[]): string {
	return `${median(values)} (${Math.round(Math.min(...values))}-${Math.round(Math.max(...values))})`;
}

function sum(values: readonly number[]): number {
	return values.reduce((total, value) => total + value, 0);
}
