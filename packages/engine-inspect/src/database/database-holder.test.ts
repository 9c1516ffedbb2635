import { temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { parseFileLocks } from "../reader/proc-locks.ts";
import { lockHolder, lockingPid } from "./database-holder.ts";

// The format is that of Linux 6.18, with a process that waits (`->`) and a process of another pid namespace (0).
const LOCKS = `1: POSIX  ADVISORY  WRITE 6403 fe:00:16048135 0 EOF
1: -> POSIX  ADVISORY  WRITE 6500 fe:00:16048135 0 EOF
2: FLOCK  ADVISORY  WRITE 812 00:1a:1523 0 EOF
3: POSIX  ADVISORY  WRITE 0 fe:00:777 0 EOF
10: POSIX  ADVISORY  READ  901 fe:00:48135 1073741826 1073742335
`;

describe("B29 the holder of a database's lock", () => {
	test.each([
		["a lock", 16048135, 6403],
		["a flock", 1523, 812],
		["an inode whose number ends another's", 48135, 901],
		["a holder that cannot be named from here", 777, undefined],
		["no lock", 1, undefined],
	])("is found in the kernel's table for %s", (_, inode, expected) => {
		expect(lockingPid(parseFileLocks(LOCKS), inode)).toBe(expected);
	});

	test("is not a process that waits for the lock", () => {
		const [, waiting = ""] = LOCKS.split("\n");
		expect(lockingPid(parseFileLocks(waiting), 16048135)).toBeUndefined();
	});

	test("is undefined without a database", async () => {
		await using folder = await temporaryFolder();
		expect(await lockHolder(folder.path)).toBeUndefined();
	});
});
