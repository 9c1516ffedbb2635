import { describe, expect, it } from "vitest";
import { newestLog } from "../../engine-instances/src/logs/instance-logs.ts";
import { type ExpectedEngine, findMismatches } from "./reuse/find-mismatches.ts";
import { startStopwatch } from "./timings.ts";

describe("B36 comparing a running engine with what was asked for", () => {
	const nothing: ExpectedEngine = {
		version: undefined,
		bindHost: undefined,
		publicUrl: undefined,
		storage: undefined,
		messaging: undefined,
		adminToken: undefined,
	};

	it("leaves out what was not asked for, and what is not known", () => {
		expect(findMismatches(nothing, { ...nothing, version: "1.0.0" })).toEqual([]);
		expect(findMismatches({ ...nothing, version: "1.0.0" }, nothing)).toEqual([]);
	});

	it("B42 takes what is not known for a difference where it has to be known", () => {
		const expected = { ...nothing, storage: "/a" };
		expect(findMismatches(expected, nothing, ["storage"])).toEqual([
			{ field: "storage", expected: "/a", actual: undefined },
		]);
		expect(findMismatches(expected, expected, ["storage"])).toEqual([]);
		expect(findMismatches(nothing, nothing, ["storage"])).toEqual([]);
	});

	it("names each difference", () => {
		const expected = {
			version: "1",
			bindHost: "0.0.0.0",
			publicUrl: "http://a/",
			storage: "/a",
			messaging: "nats",
			adminToken: "set",
		};
		expect(findMismatches(expected, { ...expected, publicUrl: "http://a" })).toEqual([]);
		const actual = {
			version: "2",
			bindHost: "127.0.0.1",
			publicUrl: "http://b",
			storage: "/b",
			messaging: "memory",
			adminToken: "none",
		};
		expect(findMismatches(expected, actual).map(({ field }) => field)).toEqual([
			"version",
			"bindHost",
			"publicUrl",
			"storage",
			"messaging",
			"adminToken",
		]);
	});
});

describe("B38 the newest log", () => {
	it("is told by the second in its name, whoever wrote it", () => {
		expect(
			newestLog([
				"engine-1700000002-stdout.log",
				"engine-1700000003-99-0123abcd-stdout.log",
				"engine-1700000009-stderr.log",
				"engine-999999999-1-0123abcd-stdout.log",
				"notes.txt",
			]),
		).toBe("engine-1700000003-99-0123abcd-stdout.log");
		expect(newestLog(["notes.txt"])).toBeUndefined();
	});
});

describe("B36 how long each step took", () => {
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
