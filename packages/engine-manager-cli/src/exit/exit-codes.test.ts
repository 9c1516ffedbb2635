import { describe, expect, it } from "vitest";
import { exitCodeOfStatus, interruptedBy } from "./exit-codes.ts";

describe("B42 the exit code", () => {
	it.each([
		[{ kind: "exited", code: 0 }, 0],
		[{ kind: "exited", code: 7 }, 7],
		[{ kind: "signaled", signal: "SIGKILL" }, 137],
		[{ kind: "signaled", signal: "SIGSEGV" }, 139],
		[{ kind: "unknown" }, 1],
	] as const)("of a program that ended as %j is %i", (status, code) => {
		expect(exitCodeOfStatus(status)).toBe(code);
	});

	it.each([
		["SIGHUP", 129],
		["SIGINT", 130],
		["SIGQUIT", 131],
		["SIGTERM", 143],
	] as const)("of a command that %s interrupted is %i", (signal, code) => {
		expect(interruptedBy(signal)).toBe(code);
	});
});
