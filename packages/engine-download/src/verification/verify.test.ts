import { createHash } from "node:crypto";
import { readdir, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { expectEngineError, type TemporaryFolder, temporaryFolder } from "@rivetkit/engine-testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sha256File, verifyFile } from "./verify.ts";

const CONTENT = Buffer.alloc(2_500_000, "engine ");
const SHA256 = createHash("sha256").update(CONTENT).digest("hex");

describe("B20 the digest of a file", () => {
	let folder: TemporaryFolder;
	let file: string;

	beforeEach(async () => {
		folder = await temporaryFolder();
		file = path.join(folder.path, "rivet-engine");
		await writeFile(file, CONTENT);
	});
	afterEach(async () => {
		await folder[Symbol.asyncDispose]();
	});

	test("is returned with the file's size, also for a file of several chunks", async () => {
		expect(await sha256File(file)).toEqual({ sha256: SHA256, sizeBytes: 2_500_000 });
	});

	test("of an empty file is the SHA-256 of no bytes", async () => {
		await truncate(file, 0);
		expect(await sha256File(file)).toEqual({
			sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
			sizeBytes: 0,
		});
	});

	test("is accepted if it equals the expected digest, in lower or upper case", async () => {
		const content = { sha256: SHA256, sizeBytes: 2_500_000 };
		expect(await verifyFile(file, SHA256)).toEqual(content);
		expect(await verifyFile(file, SHA256.toUpperCase())).toEqual(content);
	});

	test("is refused with the message that rivetkit users know if it differs, and the file stays", async () => {
		const expected = "ab".repeat(32);
		const error = await expectEngineError(verifyFile(file, expected.toUpperCase()), "checksum_mismatch");
		expect(error.message).toBe(
			`Engine binary checksum mismatch for 'rivet-engine': expected ${expected}, received ${SHA256}.`,
		);
		expect(error.metadata).toMatchObject({
			expected,
			received: SHA256,
			path: file,
			hint: expect.any(String),
		});
		expect(await readdir(folder.path)).toEqual(["rivet-engine"]);
	});

	test.each(["", "latest", SHA256.slice(1), `${SHA256}0`, "g".repeat(64), `${SHA256}\n`, `sha256:${SHA256}`])(
		"is not compared with %j, and the file is not opened",
		async (expected) => {
			const error = await expectEngineError(verifyFile(`${file}.absent`, expected), "invalid_option");
			expect(error.metadata).toMatchObject({ option: "expectedSha256" });
		},
	);

	test("of a missing file is refused with the system's error", async () => {
		await expect(sha256File(`${file}.absent`)).rejects.toMatchObject({ code: "ENOENT" });
	});

	test("is not computed after an abort, and an abort stops it at the next chunk", async () => {
		const reason = new Error("enough");
		await expect(sha256File(`${file}.absent`, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
		// The signal is checked before each chunk.
		let asked = 0;
		const signal = Object.assign(new AbortController().signal, {
			throwIfAborted: () => {
				asked += 1;
				if (asked === 3) throw reason;
			},
		});
		await expect(verifyFile(file, SHA256, { signal })).rejects.toBe(reason);
	});
});

describe("B21 the memory for hashing", () => {
	let folder: TemporaryFolder;

	beforeEach(async () => {
		folder = await temporaryFolder();
	});
	afterEach(async () => {
		await folder[Symbol.asyncDispose]();
	});

	test("does not grow with the size of the file", async () => {
		// The file is sparse: it takes no space and little time.
		const file = path.join(folder.path, "large");
		await writeFile(file, "");
		await truncate(file, 128 * 1024 ** 2);
		const before = process.memoryUsage().arrayBuffers;
		let peak = 0;
		const signal = Object.assign(new AbortController().signal, {
			throwIfAborted: () => {
				peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
			},
		});
		expect((await sha256File(file, { signal })).sizeBytes).toBe(128 * 1024 ** 2);
		expect(peak).toBeLessThan(16 * 1024 ** 2);
	});
});
