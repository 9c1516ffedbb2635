import { describe, expect, test } from "vitest";
import { openFilesLimit } from "./proc-limits.ts";

// Seen to fail: with the hard limit in place of the soft limit.

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
});
