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
	restartEngine,
	runEngine,
	startOrReuse,
	stopEngine,
	waitUntilReady,
} from "./index.ts";

const CALLS: Readonly<Record<string, (options: never) => Promise<unknown>>> = {
	connectionEnvironment,
	downloadEngineBinary,
	engineInvocation: (options) => engineInvocation(options, ["config", "show"]),
	engineLogs,
	engineStatus,
	findEngineBinary,
	listEngineBinaries,
	listInstances,
	pruneEngineBinaries,
	pruneInstances,
	restartEngine,
	runEngine,
	startOrReuse,
	stopEngine,
	waitUntilReady,
};

// A call that is not refused goes by the variables of this process: these keep it from starting anything.
beforeAll(() => {
	vi.stubEnv("RIVETKIT_ENGINE_SPAWN", "never");
	vi.stubEnv("RIVETKIT_STORAGE_PATH", "/does/not/exist");
});
afterAll(() => void vi.unstubAllEnvs());

describe("the options of a call", () => {
	test.each(Object.entries(CALLS))("of %s are refused if one is unknown", async (_name, call) => {
		const error = await expectEngineError(
			call({ environment: process.env, singal: 1 } as never),
			"invalid_option",
		);
		expect(error.message).toBe("Option 'singal' is unknown.");
	});

	test.each(Object.entries(CALLS))("of %s are refused if they are no object", async (_name, call) => {
		for (const options of [[], 5, null, "ab"]) {
			const error = await expectEngineError(call(options as never), "invalid_option");
			expect(error.message).toContain("'options' must be an object");
		}
	});

	test("may be the same for calls that are about a storage root alone", async () => {
		const options = { environment: {}, storageRoot: "/does/not/exist", logger: console, onEvent: () => {} };
		expect(await listInstances(options)).toEqual([]);
		await expectEngineError(listInstances({ ...options, signal: 5 as never }), "invalid_option");
	});
});
