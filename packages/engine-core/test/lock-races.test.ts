import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import type { withLock } from "../src/lock/index.ts";
import { builtLock } from "./built-lock.ts";
import type { Verdict } from "./lock-races/journal.ts";
import { type Disturbances, runRace } from "./lock-races/run-race.ts";

// Seen to fail: double holders in 1200 acquisitions, with one rule taken out of src/lock in a run of its own. "Deleted"
// is the test in which processes delete the folder.
// - attempt.ts, a living holder counts as dead: 287
// - attempt.ts, the number that was just taken is pruned as well: 244
// - attempt.ts, the file is written to its number instead of linked: 75
// - attempt.ts, neither listed nor judged again after the link: 49; deleted 60
// - release.ts, released without a check that the file is the holder's own: deleted 19
// - attempt.ts, no withdrawal from a number that is not the highest: deleted 7
// - attempt.ts, the generation below is not judged again: deleted 2 to 8
// - release.ts, the file is deleted instead of kept: no double holders, since the second look makes up for it, but all
//   four tests fail because numbers are used again
// Two rules hardly make these tests fail: before a withdrawal, the check that the file is the process's own; and at the end,
// the check that the file still exists. The folder must be deleted at two exact moments; attempt.test.ts brings that about.

const isFull = process.env["RIVET_RACES"] === "full";
const acquisitions = isFull ? 1200 : 60;

/** Names in the lock's folder before a race. `g7` is a folder. Files below the current generation do not stay. */
const FOREIGN = ["g0", "g01", "gx", "g1.txt", "g1000000000000000", "notes.txt", "notes.tmp"];

describe.runIf(process.platform !== "win32")(
	"B25 eight processes, of which some are killed all the time",
	() => {
		test.each<[string, Disturbances]>([
			["", {}],
			[", on a clock that jumps by hours", { clockJumps: true }],
		])("never hold a lock at once%s", { timeout: 300_000 }, async (_, disturbances) => {
			await using race = await raceFolder();
			const verdict = await race.run(disturbances);
			expectRight(verdict);
			const [generation = "", ...others] = await race.namesAfterOneMore();
			expect(others).toEqual([]);
			// Each acquisition got its own number.
			expect(Number(generation.slice(1))).toBeGreaterThan(verdict.acquisitions);
		});

		test("never hold a lock at once among unusable files, and leave unrelated files", {
			timeout: 300_000,
		}, async () => {
			await using race = await raceFolder();
			mkdirSync(path.join(race.folder, "g7", "not ours"), { recursive: true });
			for (const name of [...FOREIGN, "g3"]) writeFileSync(path.join(race.folder, name), "not ours");
			const verdict = await race.run({ spoilsFiles: true });
			expectRight(verdict);
			const names = await race.namesAfterOneMore();
			const [generation = "", ...others] = names.filter((name) => ![...FOREIGN, "g7"].includes(name));
			expect(names).toEqual(expect.arrayContaining([...FOREIGN, "g7"]));
			expect(others).toEqual([]);
			expect(Number(generation.slice(1))).toBeGreaterThan(7 + verdict.acquisitions);
		});

		test("never hold a lock at once, even if some delete its folder at the end of their task", {
			timeout: 300_000,
		}, async () => {
			await using race = await raceFolder();
			expectRight(await race.run({ deletesFolder: true }));
			expect(await race.namesAfterOneMore()).toEqual([expect.stringMatching(/^g\d+$/)]);
		});
	},
);

function expectRight({ doubleHolders, unavailable, deaths, ...verdict }: Verdict): void {
	expect(doubleHolders).toEqual([]);
	expect(unavailable).toBe(0);
	expect(verdict.acquisitions).toBeGreaterThanOrEqual(acquisitions);
	expect(deaths).toBeGreaterThan(isFull ? acquisitions / 20 : 0);
}

interface RaceFolder extends AsyncDisposable {
	/** The lock's folder, which need not exist. */
	readonly folder: string;
	run(disturbances: Disturbances): Promise<Verdict>;
	/** Names of the folder's files after the race and one more acquisition. */
	namesAfterOneMore(): Promise<readonly string[]>;
}

async function raceFolder(): Promise<RaceFolder> {
	const temporary = await temporaryFolder("rivet race");
	const folder = path.join(temporary.path, "lock");
	return {
		folder,
		async run(disturbances) {
			const startedAt = performance.now();
			const journal = path.join(temporary.path, "journal");
			const verdict = await runRace({
				acquisitions,
				lockModule: builtLock,
				folder,
				journal,
				...disturbances,
			});
			if (isFull) report(disturbances, verdict, performance.now() - startedAt);
			return verdict;
		},
		async namesAfterOneMore() {
			const module = (await import(/* @vite-ignore */ builtLock)) as { readonly withLock: typeof withLock };
			expect(await module.withLock(folder, async ({ kind }) => kind)).toBe("held");
			return readdirSync(folder);
		},
		[Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose](),
	};
}

function report(disturbances: Disturbances, verdict: Verdict, tookMs: number): void {
	const { acquisitions: count, deaths, doubleHolders } = verdict;
	const [kind = "plain"] = Object.keys(disturbances);
	console.log(
		`${kind}: had ${count} times, ${deaths} died with it, ${doubleHolders.length} double holders, ${Math.round(tookMs / 1000)} s`,
	);
}
