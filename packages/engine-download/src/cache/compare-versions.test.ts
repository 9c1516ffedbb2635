import { describe, expect, test } from "vitest";
import { compareVersions } from "./compare-versions.ts";

describe("B38 versions", () => {
	test("are sorted newest first, by their numbers", () => {
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
		expect([...sorted].reverse().sort(compareVersions)).toEqual(sorted);
		expect([...sorted].sort().sort(compareVersions)).toEqual(sorted);
	});

	test.each(["4f9c2d1", "1234567", "latest", "v2", "2.3"])(
		"%s comes after all that have numbers",
		(version) => {
			expect(compareVersions(version, "0.0.1")).toBeGreaterThan(0);
			expect(compareVersions("0.0.1", version)).toBeLessThan(0);
			expect(compareVersions(version, "latest")).toBe(0);
		},
	);

	test("of two builds are equal", () => {
		expect(compareVersions("2.3.19+a", "2.3.19")).toBe(0);
	});
});
