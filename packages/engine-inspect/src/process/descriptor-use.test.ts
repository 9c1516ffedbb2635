import { open } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { descriptorUse, openFilesLimit } from "./descriptor-use.ts";

// Seen to fail: with the hard limit read for the soft one, and with nothing known of a process that is gone taken for 0.

const LIMITS = `Limit                     Soft Limit           Hard Limit           Units
Max processes             95968                95968                processes
Max open files            1024                 4096                 files
Max locked memory         8388608              8388608              bytes
`;

describe("B33 the limit of open files", () => {
	test.each([
		[LIMITS, 1024],
		[LIMITS.replace("1024 ", "unlimited"), Number.POSITIVE_INFINITY],
		["", undefined],
	])("is read from what the system says", (limits, limit) => {
		expect(openFilesLimit(limits)).toBe(limit);
	});

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
