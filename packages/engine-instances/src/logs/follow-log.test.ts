import { writeFileSync } from "node:fs";
import { appendFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { readLogEnd } from "@rivetkit/engine-core";
import { temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, it, vi } from "vitest";
import { followLog } from "./follow-log.ts";

// Seen to fail without the last read after an abort, with a new decoder for each chunk, and without the wait for the file.

describe("followLog", () => {
	it("reports each line that is added after `fromBytes`", async () => {
		await using folder = await temporaryFolder();
		const file = path.join(folder.path, "log");
		await writeFile(file, "old\n");
		const { endBytes } = await readLogEnd(file, 1);
		const lines: string[] = [];
		const abort = new AbortController();
		const done = followLog(file, (line) => lines.push(line), { signal: abort.signal, fromBytes: endBytes });
		const [first, second] = [Buffer.from("a lí").subarray(0, -1), Buffer.from("a líne\n").subarray(4)];
		await appendFile(file, first);
		await appendFile(file, second);
		await vi.waitUntil(() => lines.length === 1, { timeout: 20_000 });
		abort.abort();
		await done;
		expect(lines).toEqual(["a líne"]);
	});

	it("waits for a missing file, and reads it to its end after an abort", async () => {
		await using folder = await temporaryFolder();
		const file = path.join(folder.path, "log");
		const lines: string[] = [];
		const abort = new AbortController();
		const done = followLog(file, (line) => lines.push(line), { signal: abort.signal });
		// Written and aborted without a pause in between, so that only the last read can see the lines.
		writeFileSync(file, "one\ntwo\nunfinished");
		abort.abort();
		await done;
		expect(lines).toEqual(["one", "two", "unfinished"]);
	});

	it("reports no line if the file never appears", async () => {
		await using folder = await temporaryFolder();
		const abort = new AbortController();
		const done = followLog(path.join(folder.path, "log"), () => {}, { signal: abort.signal });
		abort.abort();
		expect(await done).toBeUndefined();
	});
});
