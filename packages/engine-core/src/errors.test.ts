import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { EngineError, extendedError, isEngineError } from "./errors.ts";

describe("the shape of an engine error", () => {
	test("is the same as in Rivet: group, code, message, metadata", () => {
		const cause = new Error("below");
		const error = new EngineError("ports_in_use", "Port 1 is taken.", {
			metadata: { hint: "Take another." },
			cause,
		});
		expect(error).toBeInstanceOf(Error);
		expect(error).toMatchObject({ name: "EngineError", group: "engine", code: "ports_in_use" });
		expect(error).toMatchObject({ message: "Port 1 is taken.", metadata: { hint: "Take another." } });
		expect(error.cause).toBe(cause);
	});

	test("has no property `cause` without a cause", () => {
		expect("cause" in new EngineError("missing_pid", "None.")).toBe(false);
	});

	test("has empty metadata if no metadata is given", () => {
		expect(new EngineError("missing_pid", "None.").metadata).toEqual({});
	});
});

describe("B10 credentials in errors", () => {
	const secret = "s3cr3t";
	const url = `http://default:${secret}@127.0.0.1:6420/x`;

	test.each([
		["the message", new EngineError("download_failed", `It failed for '${url}' and ${url}.`)],
		["metadata", new EngineError("download_failed", "It failed.", { metadata: { url } })],
		[
			"nested metadata",
			new EngineError("download_failed", "It failed.", { metadata: { tried: [{ at: [url] }] } }),
		],
	])("are removed from %s", (_, error) => {
		expect(inspect(error, { depth: null })).not.toContain(secret);
		expect(inspect(error, { depth: null })).toContain("http://***@127.0.0.1:6420/x");
	});

	test("are removed from strings only: other values stay unchanged", () => {
		const at = new Date(0);
		const { metadata } = new EngineError("x", "x", { metadata: { at, attempts: 3, none: null } });
		expect(metadata).toEqual({ at, attempts: 3, none: null });
		expect(metadata["at"]).toBe(at);
	});
});

describe("isEngineError", () => {
	const error = new EngineError("not_ours", "No.");

	test("checks the code, if a code is given", () => {
		expect(isEngineError(error)).toBe(true);
		expect(isEngineError(error, "not_ours")).toBe(true);
		expect(isEngineError(error, "ports_in_use")).toBe(false);
	});

	test("recognises an error from another copy of this package", async () => {
		const other: typeof import("./errors.ts") = await import("./errors.ts?second-copy" as "./errors.ts");
		expect(other.EngineError).not.toBe(EngineError);
		expect(new other.EngineError("not_ours", "No.")).not.toBeInstanceOf(EngineError);
		expect(isEngineError(new other.EngineError("not_ours", "No."), "not_ours")).toBe(true);
		expect(other.isEngineError(error, "not_ours")).toBe(true);
	});

	test.each([
		[
			"another error with such a code",
			Object.assign(new Error("No."), { code: "not_ours", group: "engine" }),
		],
		[
			"an object that looks like one",
			{ name: "EngineError", group: "engine", code: "not_ours", message: "No." },
		],
		["nothing", undefined],
		["null", null],
		["a text", "not_ours"],
	])("does not take %s for an EngineError", (_, value) => {
		expect(isEngineError(value)).toBe(false);
	});
});

describe("an extended error", () => {
	test("keeps code, message and metadata of the first error, and has it as its cause", () => {
		const first = new EngineError("not_ours", "It is another's.", { metadata: { pid: 7, hint: "Stop it." } });
		const again = extendedError(first, { metadata: { hint: "Leave it.", endpoint: "http://a" } });
		expect(again).toMatchObject({ code: "not_ours", message: "It is another's.", cause: first });
		expect(again.metadata).toEqual({ pid: 7, hint: "Leave it.", endpoint: "http://a" });
	});

	test("may have another code and message", () => {
		const first: EngineError = new EngineError("health_check_failed", "It failed");
		expect(extendedError(first, { code: "no_space", message: "It failed: no space" })).toMatchObject({
			code: "no_space",
			message: "It failed: no space",
			cause: first,
		});
	});
});
