import { expectEngineError } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { engineStatus, listInstances, startOrReuse } from "./index.ts";

describe("the options of a call", () => {
	test.each([[[]], [5], [null], ["ab"]])("that are %o, no object, are invalid_option", async (options) => {
		for (const call of [startOrReuse, engineStatus, listInstances]) {
			const error = await expectEngineError(call(options as never), "invalid_option");
			expect(error.message).toMatch(/'options' must be an object/);
		}
	});

	test("may be the same for calls that are about a storage root alone", async () => {
		const options = { environment: {}, storageRoot: "/does/not/exist", logger: console, onEvent: () => {} };
		expect(await listInstances(options)).toEqual([]);
		await expectEngineError(listInstances({ ...options, signal: 5 as never }), "invalid_option");
	});
});
