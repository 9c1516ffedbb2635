import { expect, it } from "vitest";
import { formatDuration } from "./format-duration.ts";

// Seen to fail with each unit's limit off by one.

it.each([
	[0, "0 s"],
	[59_999, "59 s"],
	[60_000, "1 min 0 s"],
	[3_599_000, "59 min 59 s"],
	[3_600_000, "1 h 0 min"],
	[86_399_000, "23 h 59 min"],
	[90_000_000, "1 d 1 h"],
])("B38 %i ms are %s", (ms, text) => {
	expect(formatDuration(ms)).toBe(text);
});
