import { expectEngineError } from "@rivetkit/engine-testkit";
import { expect, test } from "vitest";
import { followLog, listInstances, pruneInstances, pruneLogFiles } from "./index.ts";

const environment = { HOME: "/does/not/exist" };
const signal = AbortSignal.abort();

test.each<[string, () => Promise<unknown>, string]>([
	[
		"listInstances",
		() => listInstances({ environment, logger: console } as never),
		"storageRoot, environment, signal",
	],
	[
		"pruneInstances",
		() => pruneInstances({ environment, logger: console } as never),
		"storageRoot, environment, signal, keepLogs, dryRun",
	],
	[
		"followLog",
		() => followLog("/does/not/exist", () => {}, { signal, logger: console } as never),
		"signal, fromBytes, keepsAlive",
	],
	[
		"pruneLogFiles",
		() => pruneLogFiles("/does/not/exist", { logger: console } as never),
		"kept, inUse, dryRun",
	],
])("%s refuses an option that it does not know", async (_, call, known) => {
	const error = await expectEngineError(call(), "invalid_option");
	expect(error.message).toBe("Option 'logger' is unknown.");
	expect(error.metadata.hint).toBe(`Known options: ${known}.`);
});

test.each<[string, () => Promise<unknown>]>([
	["environment", () => listInstances({} as never)],
	["signal", () => listInstances({ environment, signal: {} } as never)],
	["storageRoot", () => listInstances({ environment, storageRoot: 5 } as never)],
	["keepLogs", () => pruneInstances({ environment, keepLogs: -1 })],
	["dryRun", () => pruneInstances({ environment, dryRun: "yes" } as never)],
	["signal", () => followLog("/does/not/exist", () => {}, {} as never)],
	["fromBytes", () => followLog("/does/not/exist", () => {}, { signal, fromBytes: Number.NaN })],
])("`%s` of the wrong type is an error that names it", async (option, call) => {
	const error = await expectEngineError(call(), "invalid_option");
	expect(error.metadata["option"]).toBe(option);
});
