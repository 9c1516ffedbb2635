import { describe, expect, test } from "vitest";
import { parseProcStat } from "./proc-stat.ts";

describe("B37 the line of /proc/<pid>/stat", () => {
	const rest = "S 1 42 41 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 11 0 987654 21 22";

	test.each([
		["plain", `42 (rivet-engine) ${rest}`],
		["with blanks", `42 (my own engine) ${rest}`],
		["with parentheses and what looks like fields", `42 (a) Z 1 (b)) ${rest}`],
		["empty", `42 () ${rest}`],
	])("is read after a command name that is %s", (_, line) => {
		expect(parseProcStat(line)).toEqual({ state: "S", session: 41, startTime: "987654" });
	});
});
