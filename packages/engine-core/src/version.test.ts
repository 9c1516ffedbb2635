import { describe, expect, test } from "vitest";
import { isVersionAtLeast } from "./version.ts";

describe("B27 comparing versions", () => {
	test.each([
		["2.3.19", "2.3.19", true],
		["2.3.19", "2.3.5", true],
		["2.3.5", "2.3.19", false],
		["2.10.0", "2.9.9", true],
		["3.0.0", "2.3.19", true],
		["2.3.19-rc.1", "2.3.19", true],
		["unknown", "2.3.19", false],
	])("%s is at least %s: %s", (version, minimum, expected) => {
		expect(isVersionAtLeast(version, minimum)).toBe(expected);
	});
});
