import { describe, expect, test } from "vitest";
import { spawnError } from "./spawn-error.ts";

describe("B12 the error for a refusal to execute", () => {
	test.each([
		["ENOENT", "/no such engine", "binary_not_found"],
		["ENOENT", process.execPath, "binary_wrong_platform"],
		["ENOEXEC", process.execPath, "binary_wrong_platform"],
		["EACCES", process.execPath, "binary_not_executable"],
		["ETXTBSY", process.execPath, "file_in_use"],
		["EMFILE", process.execPath, "binary_not_executable"],
	])("for %s of '%s' is %s, with path, errno, hint and cause", (errno, file, code) => {
		const cause = Object.assign(new Error(`spawn ${errno}`), { code: errno });
		const error = spawnError(cause, file);
		expect(error).toMatchObject({ code, cause, metadata: { path: file, errno, hint: expect.any(String) } });
		expect(error.message).toContain(file);
	});

	test("has an unusual reason in its message", () => {
		const cause = Object.assign(new Error("spawn E2BIG"), { code: "E2BIG" });
		expect(spawnError(cause, "/bin/true").message).toContain("spawn E2BIG");
	});
});
