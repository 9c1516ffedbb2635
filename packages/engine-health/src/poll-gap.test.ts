import { describe, expect, test } from "vitest";
import { pollGapMs } from "./poll-gap.ts";

describe("B32 the pause between two requests", () => {
	test.each([
		[0, 5],
		[100, 5],
		[200, 10],
		[999, 49.95],
		[1000, 50],
		[30_000, 50],
	])("after %i ms is %i ms", (elapsedMs, gapMs) => {
		expect(pollGapMs(elapsedMs)).toBeCloseTo(gapMs);
	});
});
