import { describe, expect, test } from "vitest";
import { readLeaseWait } from "./lease-wait.ts";

describe("B42 the wait for a lease", () => {
	test.each([
		[
			'ts=1 level=warn message="udb postgres single-node could not acquire leader lease. another instance may hold it or a previous instance did not release it; backing off" attempt=7',
			{ attempt: 7 },
		],
		[
			'ts=1 level=warn message="udb commit exhausted resend attempts; treating as not committed" client_seq=0 wait_ms=818',
			{ attempt: 0 },
		],
		['ts=1 level=info message="acquired udb postgres leader lease" epoch=8', undefined],
		["", undefined],
	])("is read from the line %s", (line, wait) => {
		expect(readLeaseWait(line)).toEqual(wait);
	});
});
