import { EngineError } from "@rivetkit/engine-manager";
import { CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import { exitCodeOf, reportError } from "./report-error.ts";

// Seen to fail with 2 for every state of the world, and with an error of Node printed as it is.

describe("B42 an error of a command", () => {
	it.each([
		["bad_usage", 2],
		["invalid_option", 2],
		["invalid_endpoint", 2],
		["not_running", 1],
		["lock_timeout", 1],
		["path_occupied", 1],
		["settings_missing", 1],
		["disposed", 1],
		["no_logs", 1],
		["internal_error", 1],
	])("with the code %s exits with %i", (code, exitCode) => {
		expect(exitCodeOf(new EngineError(code, "It failed."))).toBe(exitCode);
	});

	it("exits with 2 if commander refuses the arguments, and with 1 if nobody expected it", () => {
		expect(exitCodeOf(new CommanderError(1, "commander.unknownOption", "error: unknown option"))).toBe(2);
		expect(exitCodeOf(new TypeError("x is not a function"))).toBe(1);
	});

	it.each([
		["of commander", new CommanderError(1, "commander.unknownOption", "error: unknown option"), "bad_usage"],
		["that nobody expected", new TypeError("unknown option"), "internal_error"],
		["that is no error", "unknown option", "internal_error"],
		["of the libraries", new EngineError("not_running", "unknown option"), "not_running"],
	])("%s has a code in JSON", (_title, error, code) => {
		expect(documentOf(error)).toEqual({
			error: { group: "engine", code, message: "unknown option", metadata: {} },
		});
	});

	it("is told as an interruption if a signal ended the command", () => {
		const reason = new Error("Interrupted by SIGTERM.");
		expect(documentOf(reason, AbortSignal.abort(reason))).toMatchObject({ error: { code: "interrupted" } });
	});

	it("has no credentials, even if nobody expected it", () => {
		const error = new TypeError("fetching http://ann:s3cret@127.0.0.1/ failed");
		expect(JSON.stringify(documentOf(error))).not.toContain("s3cret");
	});
});

/** Reports an error with `--json`, and returns the document. */
function documentOf(error: unknown, signal: AbortSignal = new AbortController().signal): unknown {
	let text = "";
	const stdout = { write: (part: string) => (text += part) };
	const io = { stdout, stderr: { write: () => {} }, environment: {}, signal };
	reportError(error, io, { json: true, stack: false });
	return JSON.parse(text);
}
