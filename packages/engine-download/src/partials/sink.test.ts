import { createHash } from "node:crypto";
import { open, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expectEngineError, temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { openSink } from "./sink.ts";

const { signal } = new AbortController();

function sha256Of(text: string): string {
	return createHash("sha256").update(text).digest("hex");
}

describe("B21 a sink", () => {
	test("appends to its file, and has the digest of all of it", async () => {
		await using folder = await temporaryFolder();
		const file = path.join(folder.path, "partial");
		await writeFile(file, "one, ");
		await using handle = await open(file, "r+");
		const sink = await openSink({ handle, path: file }, signal);
		expect(sink.sizeBytes).toBe(5);
		await sink.append(Buffer.from("two, "));
		await sink.append(Buffer.from("three"));
		await sink.flush();
		expect(sink.sizeBytes).toBe(15);
		expect(sink.digest()).toBe(sha256Of("one, two, three"));
		expect(await readFile(file, "utf8")).toBe("one, two, three");
	});

	test("is empty after a restart", async () => {
		await using folder = await temporaryFolder();
		const file = path.join(folder.path, "partial");
		await writeFile(file, "something longer");
		await using handle = await open(file, "r+");
		const sink = await openSink({ handle, path: file }, signal);
		await sink.restart();
		await sink.append(Buffer.from("new"));
		await sink.flush();
		expect([sink.sizeBytes, sink.digest()]).toEqual([3, sha256Of("new")]);
		expect(await readFile(file, "utf8")).toBe("new");
	});

	test.runIf(process.platform === "linux")(
		"reports a full disk at the latest when it is flushed",
		async () => {
			// Reading /dev/full gives zeros without end, so reads go to /dev/null.
			await using nothing = await open("/dev/null", "r+");
			await using full = await open("/dev/full", "r+");
			const handle = Object.assign(Object.create(full), { read: nothing.read.bind(nothing) });
			const sink = await openSink({ handle, path: "/dev/full" }, signal);
			await sink.append(Buffer.from("one"));
			const error = await expectEngineError(sink.flush(), "no_space");
			expect(error.message).toContain("'/dev/full'");
			await expectEngineError(sink.append(Buffer.from("two")), "no_space");
		},
	);
});
