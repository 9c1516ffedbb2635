import { EngineError } from "@rivetkit/engine-core";
import { expectEngineError } from "@rivetkit/engine-testkit";

import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import {
	connectionEnvironment,
	downloadEngineBinary,
	engineInvocation,
	engineLogs,
	engineStatus,
	findEngineBinary,
	listEngineBinaries,
	listInstances,
	pruneEngineBinaries,
	pruneInstances,
	readEngineConfiguration,
	restartEngine,
	runEngine,
	startOrReuse,
	stopEngine,
	waitUntilReady,
} from "./index.ts";

type Call = (options: never) => unknown;

/** Calls that know every option of the engine, and the options that each has beside those of every call. */
const ENGINE_CALLS: readonly (readonly [string, Call, readonly string[]])[] = [
	["connectionEnvironment", connectionEnvironment, []],
	[
		"downloadEngineBinary",
		downloadEngineBinary,
		["component", "platform", "arch", "destination", "sha256", "onProgress"],
	],
	["engineInvocation", (options) => engineInvocation(options, []), []],
	["engineLogs", engineLogs, []],
	["engineStatus", engineStatus, []],
	["findEngineBinary", findEngineBinary, []],
	["listEngineBinaries", listEngineBinaries, []],
	["pruneEngineBinaries", pruneEngineBinaries, ["keep"]],
	["readEngineConfiguration", readEngineConfiguration, []],
	["restartEngine", restartEngine, ["graceMs", "force"]],
	["runEngine", runEngine, ["output", "graceMs"]],
	["startOrReuse", startOrReuse, []],
	["stopEngine", stopEngine, ["graceMs", "force"]],
	["waitUntilReady", waitUntilReady, ["timeoutMs", "database", "onWait"]],
];

/** Calls that are about a storage root alone, and all options of each. */
const STORAGE_CALLS: readonly (readonly [string, Call, readonly string[]])[] = [
	["listInstances", listInstances, ["storageRoot", "environment", "signal"]],
	["pruneInstances", pruneInstances, ["storageRoot", "environment", "signal", "keepLogs", "dryRun"]],
];

const CALL_OPTIONS = ["environment", "logger", "signal", "onEvent"];

// A call that is not refused goes by the variables of this process: these keep it from starting anything.
beforeAll(() => {
	vi.stubEnv("RIVETKIT_ENGINE_SPAWN", "never");
	vi.stubEnv("RIVETKIT_STORAGE_PATH", "/does/not/exist");
});
afterAll(() => void vi.unstubAllEnvs());

/** A call that would begin ends with this. */
const aborted = new Error("the call was aborted");

/** Calls, with a signal that is aborted; gives what it throws. */
async function failureOf(call: Call, options: object): Promise<unknown> {
	const signal = AbortSignal.abort(aborted);
	try {
		return `no error, but ${await call({ environment: {}, signal, ...options } as never)}`;
	} catch (error) {
		return error;
	}
}

function refuse(): never {
	throw new TypeError("this cannot be read");
}

const HOSTILE: readonly (readonly [string, unknown])[] = [
	["null", null],
	["a function", () => {}],
	["a symbol", Symbol("a")],
	["a big number", 1n],
	["NaN", Number.NaN],
	["a negative number", -1],
	["a string", "text"],
	["an empty string", ""],
	["a list", [Symbol("a")]],
	["an empty object", {}],
	["a getter that throws", Object.defineProperty({}, "stdout", { get: refuse, enumerable: true })],
	[
		"a proxy that throws",
		new Proxy({}, { get: refuse, ownKeys: refuse, has: refuse, getPrototypeOf: refuse }),
	],
];

describe("the options of a call", () => {
	test.each([...ENGINE_CALLS, ...STORAGE_CALLS])(
		"of %s are refused if they are no object",
		async (_, call) => {
			for (const options of [[], 5, null, "ab"]) {
				const error = await expectEngineError((async () => await call(options as never))(), "invalid_option");
				expect(error.message).toContain("'options' must be an object");
			}
		},
	);

	test("may be the same for calls that are about a storage root alone", async () => {
		const options = { environment: {}, storageRoot: "/does/not/exist", logger: console, onEvent: () => {} };
		expect(await listInstances(options)).toEqual([]);
		await expectEngineError(listInstances({ ...options, signal: 5 as never }), "invalid_option");
	});

	test("may be the same for a read of the configuration", () => {
		const environment = { HOME: "/home/user" };
		const { signal } = new AbortController();
		const options = { environment, bindPort: 7000, logger: console, signal, onEvent: () => {} };
		const { endpoint, target } = readEngineConfiguration(options);
		expect(endpoint.value.url).toBe("http://127.0.0.1:7000");
		expect(target.storageRoot).toBe("/home/user/.rivetkit");
	});

	test("have the environment variables of this process as the default of `environment`", () => {
		expect(readEngineConfiguration().environment["PATH"]).toBe(process.env["PATH"]);
	});

	test("must have an output for an engine in the foreground", async () => {
		const error = await expectEngineError(runEngine({ environment: {} } as never), "invalid_option");
		expect(error.message).toBe("Option 'output' must be { stdout, stderr }, two streams to write to.");
	});

	test.each(ENGINE_CALLS)(
		"of %s are all named in the error about an unknown option",
		async (_, call, own) => {
			const error = await failureOf(call, { singal: 1 });
			expect(error).toMatchObject({ message: "Option 'singal' is unknown.", metadata: { option: "singal" } });
			const hint = String((error as EngineError).metadata.hint);
			const named = hint.replace(/^Known options: |\.$/g, "").split(", ");
			expect(named).toEqual(expect.arrayContaining(["endpoint", "onCrash", ...CALL_OPTIONS, ...own]));
			expect(new Set(named).size).toBe(named.length);
		},
	);

	test.each(STORAGE_CALLS)(
		"of %s are all named in the error about an unknown option",
		async (_, call, known) => {
			const error = await failureOf(call, { instancePath: "other" });
			expect(error).toMatchObject({
				message: "Option 'instancePath' is unknown.",
				metadata: { hint: `Known options: ${known.join(", ")}.` },
			});
		},
	);

	test.each([...ENGINE_CALLS, ...STORAGE_CALLS])(
		"B47 of %s have no value that ends in an error without a code",
		async (_, call, own) => {
			for (const name of [...CALL_OPTIONS, ...own]) {
				for (const [value, hostile] of HOSTILE) {
					const error = await failureOf(call, { [name]: hostile });
					const isCoded = error instanceof EngineError && error.metadata["option"] === name;
					expect(isCoded || error === aborted, `${name}: ${value}: ${error}`).toBe(true);
				}
			}
		},
	);
});
