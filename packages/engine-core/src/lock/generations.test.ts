import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { lockFolder, withoutRoot } from "../../test/lock-folder.ts";
import { generationPath, listGenerations, readRecord, removeIfPossible } from "./generations.ts";

const highest = 999_999_999_999_999;

describe("B25 the files of a lock", () => {
	test("are listed as generations, highest number first, and drafts", async () => {
		await using lock = await lockFolder();
		const draft = `${crypto.randomUUID()}.tmp`;
		for (const name of ["g9", "g10", "g2", `g${highest}`, draft, "g10.tmp"]) lock.write(name, "");
		const { generations, drafts } = listGenerations(lock.path);
		expect(generations).toEqual([highest, 10, 9, 2]);
		expect([...drafts].sort()).toEqual([draft, "g10.tmp"].sort());
	});

	test.each([
		"g0",
		"g01",
		"gx",
		"g",
		"g1.txt",
		"g1 ",
		"G1",
		"g-1",
		"g1.5",
		"g1e3",
		"xg1",
		"1",
		`g${highest}0`,
	])("are not files by similar names: %j", async (name) => {
		await using lock = await lockFolder();
		lock.write(name, "");
		mkdirSync(path.join(lock.path, "folder"));
		expect(listGenerations(lock.path)).toEqual({ generations: [], drafts: [] });
	});

	test.each(["notes.tmp", ".tmp", "gx.tmp", "g1.tmp.tmp", "g1.tmp.bak"])(
		"are not drafts by these names: %j",
		async (name) => {
			await using lock = await lockFolder();
			lock.write(name, "");
			expect(listGenerations(lock.path).drafts).toEqual([]);
		},
	);

	test("have a path with their number", () => {
		expect(generationPath("a lock", highest)).toBe(path.join("a lock", "g999999999999999"));
	});

	test("are read, unless they are missing, are folders, or cannot be read", async () => {
		await using lock = await lockFolder();
		const file = path.join(lock.path, "g1");
		expect(readRecord(file)).toEqual({ kind: "absent" });
		expect(readRecord(lock.path)).toEqual({ kind: "garbage" });
		writeFileSync(file, "released");
		expect(readRecord(file)).toEqual({ kind: "released" });
		chmodSync(file, 0o000);
		using _ = withoutRoot();
		expect(readRecord(file)).toEqual({ kind: "unreadable" });
	});

	test("are removed if possible", async () => {
		await using lock = await lockFolder();
		mkdirSync(path.join(lock.path, "g1"));
		lock.write("g2", "");
		for (const name of ["g1", "g2", "g3"]) removeIfPossible(path.join(lock.path, name));
		expect(lock.names()).toEqual(["g1"]);
	});
});
