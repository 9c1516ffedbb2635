import { mkdir, symlink } from "node:fs/promises";
import path from "node:path";
import { temporaryStorageRoot } from "@rivetkit/engine-testkit";
import { expect, it } from "vitest";
import { samePath } from "./same-path.ts";

// Seen to fail: with the paths compared as text, and without the look at the folders above a missing path.

it.each([
	["a link and where it leads", true, "folder", "link"],
	["a missing path, by a link and without", true, "folder/a/b", "link/a/b"],
	["two missing paths", false, "folder/a", "link/b"],
	["two folders", false, "folder", "other"],
	["a folder and a missing folder in it", false, "folder", "folder/folder"],
])("compares %s: %s", async (_what, expected, left, right) => {
	await using box = await temporaryStorageRoot();
	const inBox = (name: string): string => path.join(box.path, name);
	await mkdir(inBox("folder"));
	await mkdir(inBox("other"));
	await symlink(inBox("folder"), inBox("link"));
	expect(await samePath(inBox(left), inBox(right))).toBe(expected);
});
