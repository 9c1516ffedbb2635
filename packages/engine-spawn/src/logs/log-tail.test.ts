import { appendFile, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { lastLines, readLogTail } from "./log-tail.ts";

describe("B33 the last lines of a log", () => {
	test("are read from the end of a file that is too big to be read whole", async () => {
		await using folder = await temporaryFolder();
		const file = path.join(folder.path, "stdout.log");
		const lines = Array.from({ length: 5000 }, (_, index) => `line ${index}`);
		await writeFile(file, "");
		// The hole of 5 GB takes no space on the disk.
		await truncate(file, 5e9);
		await appendFile(file, `${lines.join("\n")}\n`);
		expect(await readLogTail(file)).toEqual(lines.slice(-20));
		expect(await readLogTail(file, 3)).toEqual(lines.slice(-3));
	});

	test("are all lines of a short file, without empty ones", async () => {
		await using folder = await temporaryFolder();
		const file = path.join(folder.path, "stderr.log");
		await writeFile(file, "\none\r\n\n  two  \nthree without an end");
		expect(await readLogTail(file)).toEqual(["one", "  two", "three without an end"]);
	});

	test("are an empty list for a file that is empty, missing or a folder", async () => {
		await using folder = await temporaryFolder();
		const empty = path.join(folder.path, "empty.log");
		await writeFile(empty, "");
		expect(await readLogTail(empty)).toEqual([]);
		expect(await readLogTail(path.join(folder.path, "none.log"))).toEqual([]);
		expect(await readLogTail(folder.path)).toEqual([]);
	});

	test("are returned without colours", () => {
		expect(lastLines("\u001b[31mError:\u001b[0m \u001b[1;33mbad\u001b[0m", 20)).toEqual(["Error: bad"]);
	});

	test.each([
		["Error: failed to open rocksdb\n\nCaused by:\n    why\n\nStack backtrace:\n   0: <unknown>\n", 3],
		[
			"thread 'main' panicked at a.rs:1:2:\nwhy\nstack backtrace:\n   0: <unknown>\nnote: Some details are omitted.\n",
			2,
		],
		[
			"thread 'main' panicked at a.rs:1:2:\nwhy\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n",
			2,
		],
	])("end before the backtrace of a Rust error or panic, and the notes about it", (text, count) => {
		const lines = lastLines(text, 20);
		expect(lines).toHaveLength(count);
		expect(lines.at(-1)?.trim()).toBe("why");
	});
});
