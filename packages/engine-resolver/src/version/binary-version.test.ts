import { describe, expect, test } from "vitest";
import { parseBinaryVersion } from "./binary-version.ts";

describe("B27 the output of `--version`", () => {
	test.each([
		["Rivet 2.3.19\nGit SHA: VERGEN_IDEMPOTENT_OUTPUT\nBuild Timestamp: 2026-09-23\n", "2.3.19"],
		// Engine 2.3.11 logs before it answers.
		[
			'ts=2026-11-23T06:37:52Z level=info message="starting rivet" version=2.3.11\nRivet 2.3.11\nGit SHA: x\n',
			"2.3.11",
		],
		["Rivet 2.4.0-rc.1\n", "2.4.0-rc.1"],
		["Rivet 2.3.19\r\nGit SHA: x\r\n", "2.3.19"],
		["Rivet Engine\n", undefined],
		["NotRivet 2.3.19\n", undefined],
		["", undefined],
	])("%j is version %s", (printed, version) => {
		expect(parseBinaryVersion(printed)).toBe(version);
	});
});
