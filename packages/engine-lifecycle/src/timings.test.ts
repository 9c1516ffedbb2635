import { describe, expect, it } from "vitest";
import { startStopwatch } from "./timings.ts";

describe("B36 the duration of each step", () => {
	it("is measured from one lap to the next", () => {
		let now = 100;
		const stopwatch = startStopwatch(() => now);
		now = 110;
		stopwatch.lap("probeMs");
		now = 140;
		stopwatch.lap("readyMs");
		now = 150;
		expect(stopwatch.timings()).toEqual({ probeMs: 10, readyMs: 30, totalMs: 50 });
	});
});
