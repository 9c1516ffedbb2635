import { describe, expect, it } from "vitest";
import { newestLog } from "./instance-logs.ts";

describe("B38 the newest log", () => {
	it("is found by the second in its name, also if rivetkit wrote it", () => {
		expect(
			newestLog([
				"engine-1700000002-stdout.log",
				"engine-1700000003-99-0123abcd-stdout.log",
				"engine-1700000009-stderr.log",
				"engine-999999999-1-0123abcd-stdout.log",
				"notes.txt",
			]),
		).toBe("engine-1700000003-99-0123abcd-stdout.log");
		expect(newestLog(["notes.txt"])).toBeUndefined();
	});
});
