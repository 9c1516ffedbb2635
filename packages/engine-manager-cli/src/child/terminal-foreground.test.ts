import { expect, it } from "vitest";
import { isForegroundGroup } from "./terminal-foreground.ts";

it.each([
	["the group in the foreground of its terminal", "7 (node) S 1 7 5 34816 7 4194304 1", true],
	["a group in the background", "7 (node) S 1 7 5 34816 5 4194304 1", false],
	["a process without a terminal", "7 (node) S 1 7 5 0 -1 4194304 1", false],
	["a program with a misleading name", "7 (a) S 1 7 5 1 7 (b) S 1 7 5 0 -1 4194304 1", false],
])("B53 the signals of a terminal's keys reach %s, by `%s`: %s", (_title, stat, expected) => {
	expect(isForegroundGroup(stat)).toBe(expected);
});
