import { describe, expect, test } from "vitest";
import { pollGapMs } from "./poll-gap.ts";

describe("B32 the pause between two requests", () => {
	test.each([
		[0, 5],
		[100, 5],
		[200, 6],
		[1000, 30],
		[1666, 49.98],
		[1667, 50],
		[30_000, 50],
	])("after %i ms is %i ms", (elapsedMs, gapMs) => {
		expect(pollGapMs(elapsedMs)).toBeCloseTo(gapMs);
	});
});
