import { mkdir, symlink } from "node:fs/promises";
import path from "node:path";
import { temporaryStorageRoot } from "@rivetkit/engine-testkit";
import { expect, it } from "vitest";
import { samePath } from "./same-path.ts";

// How this test was seen to fail: with the paths compared as they are written, and with nothing looked at above what
// is not there.

it.each([
	["a link and where it leads", true, "folder", "link"],
	["what is not there yet, by a link and without", true, "folder/a/b", "link/a/b"],
	["two things that are not there yet", false, "folder/a", "link/b"],
	["two folders", false, "folder", "other"],
	["a folder and one that is not there yet in it", false, "folder", "folder/folder"],
])("compares %s: %s", async (_what, expected, left, right) => {
	await using box = await temporaryStorageRoot();
	const inBox = (name: string): string => path.join(box.path, name);
	await mkdir(inBox("folder"));
	await mkdir(inBox("other"));
	await symlink(inBox("folder"), inBox("link"));
	expect(await samePath(inBox(left), inBox(right))).toBe(expected);
});
