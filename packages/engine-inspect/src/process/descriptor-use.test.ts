import { open } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { descriptorUse } from "./descriptor-use.ts";

// Seen to fail: with nothing known of a process that is gone taken for 0.

describe("B33 the limit of open files", () => {
	test.runIf(process.platform === "linux")("comes with how many are open", async () => {
		const before = await descriptorUse(process.pid);
		await using _file = await open("/dev/null");
		const after = await descriptorUse(process.pid);
		expect(before?.limit).toBeGreaterThan(48);
		expect(after?.open).toBeGreaterThan(before?.open ?? Number.POSITIVE_INFINITY);
	});

	test("is not known of a process that is not there", async () => {
		expect(await descriptorUse(2 ** 30)).toBeUndefined();
	});
});
