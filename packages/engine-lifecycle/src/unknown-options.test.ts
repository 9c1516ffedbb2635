import { expectEngineError } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { engineInvocation, runEngine } from "./foreground/index.ts";
import {
	compareEngine,
	connectionEnvironment,
	downloadEngineBinary,
	endProcess,
	engineLogs,
	engineStatus,
	findEngineBinary,
	launchEngine,
	listEngineBinaries,
	pruneEngineBinaries,
	restartEngine,
	startOrReuse,
	stopEngine,
	waitUntilReady,
} from "./index.ts";

/** A call with options of any type, as a program without types can make it. */
type Call = (options: never) => Promise<unknown>;

const PUBLIC_CALLS: Readonly<Record<string, Call>> = {
	connectionEnvironment,
	downloadEngineBinary,
	engineInvocation: (options) => engineInvocation(options, ["config", "show"]),
	engineLogs,
	engineStatus,
	findEngineBinary,
	listEngineBinaries,
	pruneEngineBinaries,
	restartEngine,
	runEngine,
	startOrReuse,
	stopEngine,
	waitUntilReady,
};

const STEPS: Readonly<Record<string, Call>> = {
	compareEngine: (options) => compareEngine({} as never, {} as never, options),
	endProcess,
	launchEngine: (plan) => launchEngine({} as never, plan),
};

/** Variables that keep a call which is not refused from starting anything. */
const environment = { RIVETKIT_ENGINE_SPAWN: "never", RIVETKIT_STORAGE_PATH: "/does/not/exist" };

describe("an option that a call does not know", () => {
	test.each(Object.entries({ ...PUBLIC_CALLS, ...STEPS }))("is refused by %s", async (_name, call) => {
		const error = await expectEngineError(call({ environment, singal: 1 } as never), "invalid_option");
		expect(error.message).toMatch(/^Option '(singal|environment)' is unknown\.$/);
		expect(error.metadata.hint).toMatch(/^Known options: /);
	});
});

describe("options that are no object", () => {
	test.each(Object.entries(PUBLIC_CALLS))("are refused by %s", async (_name, call) => {
		const error = await expectEngineError(call(null as never), "invalid_option");
		expect(error.message).toContain("'options' must be an object");
	});
});

describe("an option that a wait, a stop or a run alone has", () => {
	test.each<[string, Call, object]>([
		["timeoutMs", waitUntilReady, { timeoutMs: "soon" }],
		["database", waitUntilReady, { database: "yes" }],
		["onWait", waitUntilReady, { onWait: true }],
		["graceMs", stopEngine, { graceMs: -1 }],
		["force", restartEngine, { force: "yes" }],
		["graceMs", runEngine, { graceMs: 0 }],
		["onCrash", runEngine, { onCrash: "restart" }],
	])("is refused with a value that it cannot have: %s", async (name, call, options) => {
		const error = await expectEngineError(call({ environment, ...options } as never), "invalid_option");
		expect(error.metadata["option"]).toBe(name);
	});
});
