import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { pruneLogFiles, surplusLogs } from "./prune-log-files.ts";

function pair(seconds: number, nonce = "0123abcd"): [string, string] {
	const stem = `engine-${seconds}-4711-${nonce}`;
	return [`${stem}-stdout.log`, `${stem}-stderr.log`];
}

describe("B28 pruneLogFiles", () => {
	const pairs = Array.from({ length: 12 }, (_, index) => pair(1_700_000_000 + index));
	const strangers = [
		"engine-1600000000-stdout.log",
		"engine-1600000000-stderr.log",
		"engine-1600000000-1-0123abcd-stdout.log.gz",
		"engine-1600000000-1-nothexid-stderr.log",
		"my-engine-1600000000-1-0123abcd-stdout.log",
		"notes.txt",
	];

	test("keeps the ten newest pairs, and all files that are not ours", async () => {
		await using folder = await temporaryFolder();
		const names = [...pairs.flat(), ...strangers];
		await Promise.all(names.map((name) => writeFile(path.join(folder.path, name), name)));
		const removed = await pruneLogFiles(folder.path);
		expect([...removed].sort()).toEqual(pairs.slice(0, 2).flat().sort());
		expect((await readdir(folder.path)).sort()).toEqual([...pairs.slice(2).flat(), ...strangers].sort());
	});

	test("keeps the logs of a living engine, even if they are old", async () => {
		await using folder = await temporaryFolder();
		await Promise.all(pairs.flat().map((name) => writeFile(path.join(folder.path, name), name)));
		const [stdout = "", stderr = ""] = (pairs[0] ?? []).map((name) => path.join(folder.path, name));
		const removed = await pruneLogFiles(folder.path, { kept: 3, inUse: { stdout, stderr } });
		expect([...removed].sort()).toEqual(pairs.slice(1, 9).flat().sort());
	});

	test("only lists the files with `dryRun`", async () => {
		await using folder = await temporaryFolder();
		await Promise.all(pairs.flat().map((name) => writeFile(path.join(folder.path, name), name)));
		const planned = await pruneLogFiles(folder.path, { dryRun: true });
		expect([...planned].sort()).toEqual(pairs.slice(0, 2).flat().sort());
		expect(await readdir(folder.path)).toHaveLength(24);
	});

	test("orders logs by the number in the name, not alphabetically", () => {
		expect(surplusLogs([...pair(999_999_999), ...pair(1_000_000_000)], 1)).toEqual(pair(999_999_999));
	});

	test("counts a single file as a pair, and keeps pairs of the same second apart", () => {
		const [alone] = pair(1_700_000_000, "aaaaaaaa");
		const names = [alone, ...pair(1_700_000_001, "bbbbbbbb"), ...pair(1_700_000_001, "cccccccc")];
		expect(surplusLogs(names, 2)).toEqual([alone]);
		expect(surplusLogs(names, 3)).toEqual([]);
	});

	test("removes nothing if the folder does not exist", async () => {
		await using folder = await temporaryFolder();
		expect(await pruneLogFiles(path.join(folder.path, "none"))).toEqual([]);
	});
});
