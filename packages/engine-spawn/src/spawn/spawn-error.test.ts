import { describe, expect, test } from "vitest";
import { spawnError } from "./spawn-error.ts";

describe("B12 what a refusal to execute means", () => {
	test.each([
		["ENOENT", "/no such engine", "binary_not_found"],
		["ENOENT", process.execPath, "binary_wrong_platform"],
		["ENOEXEC", process.execPath, "binary_wrong_platform"],
		["EACCES", process.execPath, "binary_not_executable"],
		["ETXTBSY", process.execPath, "file_in_use"],
		["EMFILE", process.execPath, "binary_not_executable"],
	])("%s for '%s' is %s, with path, errno, hint and cause", (errno, file, code) => {
		const cause = Object.assign(new Error(`spawn ${errno}`), { code: errno });
		const error = spawnError(cause, file);
		expect(error).toMatchObject({ code, cause, metadata: { path: file, errno, hint: expect.any(String) } });
		expect(error.message).toContain(file);
	});

	test("an unusual reason is in the message", () => {
		const cause = Object.assign(new Error("spawn E2BIG"), { code: "E2BIG" });
		expect(spawnError(cause, "/bin/true").message).toContain("spawn E2BIG");
	});
});
