import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { watchFolder } from "./watch-folder.ts";

/** A limit longer than the test's timeout: a wait that lasts this long fails the test. */
const FAR_MS = 600_000;

describe.runIf(process.platform === "linux")("a watch on a folder", () => {
	test("ends a wait when a file changes, or has changed since the last wait", async () => {
		await using folder = await temporaryFolder();
		using watch = watchFolder(folder.path);
		const waiting = watch.next(FAR_MS);
		await writeFile(path.join(folder.path, "first"), "");
		await waiting;
		await writeFile(path.join(folder.path, "second"), "");
		await watch.next(FAR_MS);
	});

	test("ignores files for which `isOfInterest` returns false", async () => {
		await using folder = await temporaryFolder();
		using watch = watchFolder(folder.path, (name) => name === "wanted");
		let woken = false;
		const waiting = watch.next(FAR_MS).then(() => {
			woken = true;
		});
		using other = watchFolder(folder.path, (name) => name === "other");
		await writeFile(path.join(folder.path, "other"), "");
		await other.next(FAR_MS);
		expect(woken).toBe(false);
		await writeFile(path.join(folder.path, "wanted"), "");
		await waiting;
	});

	test("ends a wait at its limit if the folder is missing, and watches the folder once it exists", async () => {
		await using folder = await temporaryFolder();
		const late = path.join(folder.path, "late");
		using watch = watchFolder(late);
		await watch.next(1);
		await mkdir(late);
		const waiting = watch.next(FAR_MS);
		await writeFile(path.join(late, "file"), "");
		await waiting;
	});

	test("ends a wait with the reason of an abort, and leaves no listener", async () => {
		await using folder = await temporaryFolder();
		using watch = watchFolder(folder.path);
		const abort = new AbortController();
		for (let round = 0; round < 20; round++) await watch.next(1, abort.signal);
		const waiting = watch.next(FAR_MS, abort.signal);
		const reason = new Error("enough");
		abort.abort(reason);
		await expect(waiting).rejects.toBe(reason);
		await expect(watch.next(FAR_MS, abort.signal)).rejects.toBe(reason);
	});
});
