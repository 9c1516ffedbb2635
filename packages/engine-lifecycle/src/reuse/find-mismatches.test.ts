import { describe, expect, it } from "vitest";
import { type ExpectedEngine, findMismatches } from "./find-mismatches.ts";

describe("B36 comparing a running engine with what was asked for", () => {
	const nothing: ExpectedEngine = {
		version: undefined,
		bindHost: undefined,
		publicUrl: undefined,
		storage: undefined,
		messaging: undefined,
		adminToken: undefined,
	};

	it("leaves out values that were not asked for, and values that are not known", () => {
		expect(findMismatches(nothing, { ...nothing, version: "1.0.0" })).toEqual([]);
		expect(findMismatches({ ...nothing, version: "1.0.0" }, nothing)).toEqual([]);
	});

	it("B42 takes an unknown value for a difference in a strict field", () => {
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
