import { open } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { descriptorUse } from "./descriptor-use.ts";

// Seen to fail: with 0 for a process that has ended.

describe("B33 the limit of open files", () => {
	test.runIf(process.platform === "linux")(
		"is read together with the number of files that are open",
		async () => {
			const before = await descriptorUse(process.pid);
			await using _file = await open("/dev/null");
			const after = await descriptorUse(process.pid);
			expect(before?.limit).toBeGreaterThan(48);
			expect(after?.open).toBeGreaterThan(before?.open ?? Number.POSITIVE_INFINITY);
		},
	);

	test("is undefined for a process that does not exist", async () => {
		expect(await descriptorUse(2 ** 30)).toBeUndefined();
	});
});
