// Seen to fail with `writeFileSync(file)` in place of the link, and without `removeDraft`.
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import { createWhole } from "./create-whole.ts";

describe("createWhole", () => {
	it("succeeds only for the first of several attempts, and leaves no draft", async () => {
		await using folder = await temporaryFolder();
		const file = path.join(folder.path, "file");
		expect(createWhole(file, path.join(folder.path, "one.tmp"), "one")).toBe(true);
		expect(createWhole(file, path.join(folder.path, "two.tmp"), "two")).toBe(false);
		expect(await readFile(file, "utf8")).toBe("one");
		expect((await stat(file)).mode & 0o777).toBe(0o600);
		expect(await readdir(folder.path)).toEqual(["file"]);
	});

	it("throws if the folder is missing", async () => {
		await using folder = await temporaryFolder();
		const missing = path.join(folder.path, "missing");
		expect(() => createWhole(path.join(missing, "file"), path.join(missing, "draft"), "")).toThrow(/ENOENT/);
	});
});
