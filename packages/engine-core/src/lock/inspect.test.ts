import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { deadIdentity, heldBy, lockFolder, ownIdentity } from "../../test/lock-folder.ts";
import { inspectLock, removeFreeLock } from "./inspect.ts";
import { withLock } from "./with-lock.ts";

// Seen to fail with the lowest generation inspected instead of the highest; with a held lock removed as if it were free,
// after which two processes hold it at once; and with the folder removed regardless of its content.

describe("B38 looking at a lock", () => {
	test("returns its holder, the purpose and the time, and changes nothing", async () => {
		await using lock = await lockFolder();
		lock.write("g1", "released\n");
		lock.write("g2", await heldBy());
		expect(await inspectLock(lock.path)).toEqual({
			kind: "held",
			holder: {
				identity: await ownIdentity(),
				judgement: "alive",
				purpose: "a test",
				since: "2026-01-02T03:04:05.678Z",
			},
		});
		expect(lock.names()).toEqual(["g1", "g2"]);
	});

	test("finds a lock free that was released, was never held, or belongs to a process that has ended", async () => {
		await using lock = await lockFolder();
		expect(await inspectLock(lock.path)).toEqual({ kind: "free", isGarbage: false });
		lock.write("g1", await heldBy(await deadIdentity()));
		expect(await inspectLock(lock.path)).toEqual({ kind: "free", isGarbage: false });
		lock.write("g2", "released\n");
		expect(await inspectLock(lock.path)).toEqual({ kind: "free", isGarbage: false });
		lock.write("g3", "no longer JSON");
		expect(await inspectLock(lock.path)).toEqual({ kind: "free", isGarbage: true });
		expect(await inspectLock(path.join(lock.path, "nowhere"))).toEqual({ kind: "free", isGarbage: false });
	});

	test("finds out that the holder may be elsewhere, for example in another container", async () => {
		await using lock = await lockFolder();
		lock.write("g1", await heldBy({ pidNamespace: "pid:[1]" }));
		expect(await inspectLock(lock.path)).toMatchObject({ kind: "held", holder: { judgement: "unknown" } });
	});

	test("returns the reason if a file is in the place of the folder", async () => {
		await using lock = await lockFolder();
		lock.write("g1", "released\n");
		expect(await inspectLock(path.join(lock.path, "g1"))).toEqual({
			kind: "unreadable",
			reason: expect.stringContaining("ENOTDIR"),
		});
	});
});

describe("B38 removing a lock", () => {
	test("leaves a lock that is held, or whose holder may be alive", async () => {
		await using lock = await lockFolder();
		await withLock(lock.path, async () => {
			expect(await removeFreeLock(lock.path)).toBe(false);
			expect(lock.names()).toEqual(["g1"]);
		});
		lock.write("g2", await heldBy({ pidNamespace: "pid:[1]" }));
		expect(await removeFreeLock(lock.path)).toBe(false);
		expect(lock.names()).toEqual(["g1", "g2"]);
	});

	test("removes the files and the folder of a free lock, with the drafts of dead processes", async () => {
		await using lock = await lockFolder();
		lock.write("g1", await heldBy(await deadIdentity()));
		lock.write("g2", "released\n");
		lock.write("01234567-89ab-cdef-0123-456789abcdef.tmp", await heldBy(await deadIdentity()));
		expect(await removeFreeLock(lock.path)).toBe(true);
		expect(existsSync(lock.path)).toBe(false);
		expect(await removeFreeLock(lock.path), "there is none").toBe(true);
		expect(await withLock(lock.path, async ({ kind }) => kind)).toBe("held");
	});

	test("leaves unrelated files, and therefore the folder", async () => {
		await using lock = await lockFolder();
		lock.write("g1", "released\n");
		lock.write("notes.txt", "not ours");
		expect(await removeFreeLock(lock.path)).toBe(false);
		expect(lock.names()).toEqual(["notes.txt"]);
		rmSync(path.join(lock.path, "notes.txt"));
		mkdirSync(path.join(lock.path, "g7"));
		writeFileSync(path.join(lock.path, "g7", "not ours"), "");
		expect(await removeFreeLock(lock.path)).toBe(false);
		expect(lock.names()).toEqual(["g7"]);
	});

	test("never lets two tasks hold the lock at once, even if every task keeps removing it", async () => {
		await using lock = await lockFolder();
		let inside = 0;
		let most = 0;
		const takeAndRemove = async () => {
			for (let round = 0; round < 5; round++) {
				await withLock(lock.path, async ({ kind }) => {
					expect(kind).toBe("held");
					most = Math.max(most, ++inside);
					await removeFreeLock(lock.path);
					await sleep(10);
					inside--;
				});
				await removeFreeLock(lock.path);
			}
		};
		await Promise.all(Array.from({ length: 6 }, takeAndRemove));
		expect(most).toBe(1);
		expect(await removeFreeLock(lock.path)).toBe(true);
		expect(existsSync(lock.path)).toBe(false);
	});
});
