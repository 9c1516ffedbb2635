import { describe, expect, test } from "vitest";
import { describeExit, type ExitStatus } from "./exit-status.ts";

describe("B33 the end of a process, in words", () => {
	test.each<[ExitStatus, string]>([
		[{ kind: "exited", code: 0 }, "exit status: 0"],
		[{ kind: "exited", code: 101 }, "exit status: 101"],
		[{ kind: "signaled", signal: "SIGSEGV" }, "signal: 11 (SIGSEGV)"],
		[{ kind: "signaled", signal: "SIGKILL" }, "signal: 9 (SIGKILL)"],
		[{ kind: "unknown" }, "unknown status"],
	])("%o is '%s'", (status, text) => {
		expect(describeExit(status)).toBe(text);
	});
});
