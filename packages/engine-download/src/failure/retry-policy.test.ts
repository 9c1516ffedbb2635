import { describe, expect, test } from "vitest";
import { backoffMs, retryAfterMs } from "./retry-policy.ts";
import { statusVerdict } from "./status-verdict.ts";

describe("B22 the verdict on a status", () => {
	test.each([
		["read", [200, 206, 416]],
		["retry", [408, 425, 429, 500, 501, 502, 503, 504, 599]],
		[
			"next-place",
			[0, 100, 201, 204, 300, 301, 302, 303, 304, 305, 307, 308, 400, 401, 403, 404, 407, 410, 418, 451, 600],
		],
	])("is %s for %j", (verdict, statuses) => {
		expect(statuses.map(statusVerdict)).toEqual(statuses.map(() => verdict));
	});
});

describe("B22 Retry-After", () => {
	const now = Date.parse("1994-11-06T08:49:37Z");

	test.each<[string | undefined, number | undefined]>([
		["0", 0],
		["7", 7000],
		[" 7 ", 7000],
		["60", 60_000],
		["61", 60_000],
		["99999999999999999999", 60_000],
		["-5", 0],
		["Sun, 06 Nov 1994 08:49:40 GMT", 3000],
		["Sunday, 06-Nov-94 08:49:40 GMT", 3000],
		["Sun Nov  6 08:49:40 1994", 3000],
		["Sun, 06 Nov 1994 08:49:00 GMT", 0],
		["Sun, 06 Nov 2044 08:49:37 GMT", 60_000],
		[undefined, undefined],
		["", undefined],
		["soon", undefined],
		["1.5", undefined],
		["7s", undefined],
		["1994-11-06T08:49:40Z", undefined],
		["Sun, 99 Foo 1994 08:49:40 GMT", undefined],
		["Sun, 06 Nov 1994 08:49:40", undefined],
	])("of %j asks for a wait of %j ms", (header, waitMs) => {
		expect(retryAfterMs(header, now)).toBe(waitMs);
	});
});

describe("B22 the wait between attempts", () => {
	test.each([
		[0, 500],
		[1, 500],
		[2, 1000],
		[3, 2000],
		[6, 16_000],
		[7, 30_000],
		[8, 30_000],
		[5000, 30_000],
	])("after %i failures is random, up to %i ms", (failures, longest) => {
		expect(backoffMs(failures, () => 0)).toBe(0);
		expect(backoffMs(failures, () => 0.5)).toBe(longest / 2);
		expect(backoffMs(failures, () => 1 - Number.EPSILON)).toBe(longest);
	});
});
