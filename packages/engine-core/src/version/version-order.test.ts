import { describe, expect, test } from "vitest";
import { compareNewestFirst, isVersionAtLeast, newestVersion } from "./version-order.ts";

describe("B27 isVersionAtLeast", () => {
	test.each([
		["2.3.19", "2.3.19", true],
		["2.3.19", "2.3.5", true],
		["2.3.5", "2.3.19", false],
		["2.10.0", "2.9.9", true],
		["3.0.0", "2.3.19", true],
		["2.3.19-rc.1", "2.3.19", false],
		["2.3.19", "2.3.19-rc.1", true],
		["2.3.19-rc.1", "2.3.18", true],
		["2.3.19-rc.2", "2.3.19-rc.10", false],
		["2.3.19-rc.10", "2.3.19-rc.2", true],
		["2.3.20-rc", "2.3.20-rc.0", false],
		["2.3.20-10", "2.3.20-9a", false],
		["2.3.20-main.1", "2.3.20-main.1a", false],
		["2.3.20-x", "2.3.20-z", false],
		["2.3.20-z", "2.3.20-x", true],
		["2.3.19+build.7", "2.3.19", true],
		["2.3.19", "2.3.19+build.7", true],
	])("%s is at least %s: %s", (version, minimum, expected) => {
		expect(isVersionAtLeast(version, minimum)).toBe(expected);
	});

	test.each([
		"unknown",
		"latest",
		"4f9c2d1",
		"1234567",
		"v2.3.19",
		" 2.3.19",
		"2.3",
		"2.x.0",
		"2.3.19-rc.01",
		"",
	])("is false if one of the two texts is '%s', which is no version", (text) => {
		expect(isVersionAtLeast(text, "2.3.19")).toBe(false);
		expect(isVersionAtLeast("2.3.19", text)).toBe(false);
		expect(isVersionAtLeast(text, text)).toBe(false);
	});
});

describe("B25 newestVersion", () => {
	test.each([
		["2.3.19", "2.3.17", "2.3.19"],
		["2.3.17", "2.3.19", "2.3.19"],
		["2.3.19-rc.1", "2.3.19", "2.3.19"],
		["2.3.19", null, "2.3.19"],
		[null, "2.3.19", "2.3.19"],
		[null, null, null],
		["unknown", "2.3.19", "2.3.19"],
	])("of %s and %s is %s", (version, last, expected) => {
		expect(newestVersion(version, last)).toBe(expected);
	});
});

describe("B38 compareNewestFirst", () => {
	test("sorts versions by their numbers, a preview after its release", () => {
		const sorted = [
			"10.0.0",
			"2.10.0",
			"2.9.1",
			"2.9.0",
			"2.4.0",
			"2.4.0-rc.10",
			"2.4.0-rc.2",
			"2.4.0-beta.3",
			"2.3.19",
			"1.99.99",
			"0.0.1",
		];
		expect([...sorted].reverse().sort(compareNewestFirst)).toEqual(sorted);
		expect([...sorted].sort().sort(compareNewestFirst)).toEqual(sorted);
	});

	test.each(["4f9c2d1", "1234567", "latest", "v2", "2.3"])(
		"puts %s, no version, after all versions",
		(text) => {
			expect(compareNewestFirst(text, "0.0.1")).toBeGreaterThan(0);
			expect(compareNewestFirst("0.0.1", text)).toBeLessThan(0);
			expect(compareNewestFirst(text, "latest")).toBe(0);
		},
	);

	test("treats two builds of a version as equal", () => {
		expect(compareNewestFirst("2.3.19+a", "2.3.19")).toBe(0);
	});
});
