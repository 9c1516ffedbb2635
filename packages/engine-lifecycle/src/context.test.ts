import { expectEngineError } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import type { EngineOptions } from "../../engine-config/src/engine-options.ts";
import { type CallOptions, openBinary, openComparison, openContext, openTarget } from "./context.ts";

describe("the options of a call", () => {
	test.each<[object, RegExp]>([
		[{ environment: "PATH=x" }, /'environment' must be an object of environment variables/],
		[{ logger: {} }, /'logger' must be a logger/],
		[{ signal: {} }, /'signal' must be an AbortSignal/],
		[{ onEvent: 1 }, /'onEvent' must be a function/],
		[{ onevent: () => {} }, /^Option 'onevent' is unknown\.$/],
	])("%o are invalid_option, naming it", async (options, message) => {
		const open = async (): Promise<unknown> =>
			openContext({ environment: {}, ...options } as EngineOptions & CallOptions);
		const error = await expectEngineError(open(), "invalid_option");
		expect(error.message).toMatch(message);
		expect(error.metadata["option"]).toBe(Object.keys(options)[0]);
	});
});

test.each([openContext, openTarget, openBinary, openComparison])(
	"%o refuses options without environment variables",
	async (open) => {
		const call = async (): Promise<unknown> => open({} as never);
		const error = await expectEngineError(call(), "invalid_option");
		expect(error.metadata["option"]).toBe("environment");
	},
);

describe("options that are no object", () => {
	test.each([[[]], [5], [null], ["ab"]])("%o are invalid_option", async (options) => {
		const open = async (): Promise<unknown> => openContext(options as unknown as EngineOptions & CallOptions);
		const error = await expectEngineError(open(), "invalid_option");
		expect(error.message).toMatch(/'options' must be an object/);
	});
});
