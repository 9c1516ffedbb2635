import { expectEngineError } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { probeDatabase, probeEngine, waitForEngine } from "./index.ts";

// Seen to fail without each of the three checks: a wait for NaN milliseconds never ended.

type Call = (endpoint: never, options?: never) => Promise<unknown>;

const CALLS: readonly (readonly [string, Call])[] = [
	["waitForEngine", waitForEngine],
	["probeEngine", probeEngine],
	["probeDatabase", probeDatabase],
];

/** The discard port, which nothing here listens on. */
const URL = "http://127.0.0.1:9";

describe.each(CALLS)("B47 %s refuses", (_name, call) => {
	test.each<[string, unknown, object]>([
		["endpoint", 5, {}],
		["endpoint", null, {}],
		["endpoint", "", {}],
		["timeoutMs", URL, { timeoutMs: Number.NaN }],
		["timeoutMs", URL, { timeoutMs: "50" }],
		["timeoutMs", URL, { timeoutMs: -1 }],
		["signal", URL, { signal: 5 }],
	])("a value of `%s` that is none: %j, %j", async (option, endpoint, options) => {
		const error = await expectEngineError(call(endpoint as never, options as never), "invalid_option");
		expect(error.metadata["option"]).toBe(option);
	});
});
