// Seen to fail without the check of each argument, and with no part measured unless one is named.
import { expect, it } from "vitest";
import { readArguments } from "./arguments.mjs";

it.each([
	[[], { runs: 15, parts: ["engines", "downloads", "writes"], help: false }],
	[["--runs", "5"], { runs: 5, parts: ["engines", "downloads", "writes"], help: false }],
	[["--only", "downloads"], { runs: 15, parts: ["downloads"], help: false }],
	[["--only=engines", "--runs=1"], { runs: 1, parts: ["engines"], help: false }],
	[["--help"], { runs: 15, parts: ["engines", "downloads", "writes"], help: true }],
])("the arguments %j are read as %j", (args, expected) => {
	expect(readArguments(args)).toEqual(expected);
});

it.each([
	[["--runs", "0"], /--runs must be .* not '0'/],
	[["--runs", "many"], /--runs must be .* not 'many'/],
	[["--only", "curl"], /--only must be engines, downloads, writes, not 'curl'/],
	[["--fast"], /--fast/],
])("the arguments %j are refused", (args, message) => {
	expect(() => readArguments(args)).toThrow(message);
});
