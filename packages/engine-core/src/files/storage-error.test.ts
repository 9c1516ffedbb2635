import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { storageError } from "./storage-error.ts";

describe("what a failed file operation means", () => {
	test.each([
		["ENOSPC", "no_space"],
		["EDQUOT", "no_space"],
		["EACCES", "read_only"],
		["EPERM", "read_only"],
		["EROFS", "read_only"],
		["EEXIST", "path_occupied"],
		["EISDIR", "path_occupied"],
		["ENOTDIR", "path_occupied"],
	])("%s is %s, with path, hint and cause", (errno, code) => {
		const cause = Object.assign(new Error(errno), { code: errno });
		const error = storageError(cause, "/data/db");
		expect(error).toMatchObject({ code, cause, metadata: { path: "/data/db", hint: expect.any(String) } });
		expect(error).toMatchObject({ message: expect.stringContaining("'/data/db'") });
	});

	test("a file in the place of a folder is path_occupied", async () => {
		await using folder = await temporaryFolder();
		const file = path.join(folder.path, "var");
		await writeFile(file, "");
		for (const target of [file, path.join(file, "engine")]) {
			const error = await mkdir(target).catch((error: unknown) => storageError(error, target));
			expect(error).toMatchObject({ code: "path_occupied" });
		}
	});

	test.each([
		[new Error("other")],
		[Object.assign(new Error("x"), { code: "EMFILE" })],
		["a text"],
		[undefined],
		[null],
	])("anything else is handed back: %o", (error) => {
		expect(storageError(error, "/data")).toBe(error);
	});
});
