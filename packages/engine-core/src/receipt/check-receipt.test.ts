import { createHash } from "node:crypto";
import { renameSync, writeFileSync } from "node:fs";
import {
	appendFile,
	mkdir,
	readdir,
	readlink,
	rename,
	rm,
	truncate,
	utimes,
	writeFile,
} from "node:fs/promises";
import path from "node:path";
import { type TemporaryFolder, temporaryFolder } from "@rivetkit/engine-testkit";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { checkReceipt } from "./check-receipt.ts";
import { type EngineReceipt, readReceipt, receiptPath } from "./receipt.ts";
import { writeReceipt } from "./write-receipt.ts";

const CONTENT = "an engine";
const SHA256 = createHash("sha256").update(CONTENT).digest("hex");
const LONG_AGO = 1_600_000_000;

describe("B14 a binary and its receipt", () => {
	let folder: TemporaryFolder;
	let file: string;

	beforeEach(async () => {
		folder = await temporaryFolder();
		file = path.join(folder.path, "rivet-engine");
	});
	afterEach(async () => {
		await folder[Symbol.asyncDispose]();
	});

	async function install(sha256 = SHA256, at = file): Promise<EngineReceipt> {
		await writeFile(at, CONTENT);
		return await writeReceipt(at, { sha256, url: "https://example.com/engine", engineVersion: "2.3.19" });
	}

	test("that match are verified by size and mtime alone: no content is read", async () => {
		const receipt = await install("00".repeat(32));
		expect(await checkReceipt(file)).toEqual({ kind: "verified", receipt });
	});

	test("match even if the file system keeps no parts of a second", async () => {
		const { mtimeSeconds } = await install("00".repeat(32));
		for (const part of [0, 0.999]) {
			await utimes(file, 0, mtimeSeconds + part);
			expect(await checkReceipt(file)).toMatchObject({ kind: "verified" });
		}
	});

	test("with different mtimes are compared by content, only once", async () => {
		const receipt = await install();
		await utimes(file, LONG_AGO, LONG_AGO);
		const renewed = { ...receipt, mtimeSeconds: LONG_AGO };
		expect(await checkReceipt(file)).toEqual({ kind: "verified", receipt: renewed });
		expect(await readReceipt(file)).toEqual({ kind: "present", receipt: renewed });
		// A second hash would notice this change.
		await writeFile(file, CONTENT.toUpperCase());
		await utimes(file, LONG_AGO, LONG_AGO);
		expect(await checkReceipt(file)).toEqual({ kind: "verified", receipt: renewed });
	});

	test("are verified even if the receipt cannot be updated", async () => {
		// The name is so long that the name of the receipt's draft would be too long.
		const long = path.join(folder.path, "e".repeat(230));
		const receipt = await install(SHA256, path.join(folder.path, "short"));
		await rename(path.join(folder.path, "short"), long);
		await rename(receiptPath(path.join(folder.path, "short")), receiptPath(long));
		await utimes(long, LONG_AGO, LONG_AGO);
		expect(await checkReceipt(long)).toEqual({
			kind: "verified",
			receipt: { ...receipt, mtimeSeconds: LONG_AGO },
		});
		expect(await readReceipt(long)).toEqual({ kind: "present", receipt });
	});

	test("do not match if the content has changed, even if its length has not", async () => {
		const receipt = await install();
		await writeFile(file, CONTENT.toUpperCase());
		await utimes(file, LONG_AGO, LONG_AGO);
		expect(await checkReceipt(file)).toEqual({
			kind: "altered",
			reason: expect.stringMatching(`SHA-256 [0-9a-f]{64}; what was installed has ${SHA256}`),
			receipt,
		});
		expect(await readReceipt(file)).toEqual({ kind: "present", receipt });
	});

	test.each([
		["truncated", (at: string) => truncate(at, 3), "it has 3 bytes; what was installed has 9"],
		["empty", (at: string) => truncate(at, 0), "it has 0 bytes; what was installed has 9"],
		["longer", (at: string) => appendFile(at, "!"), "it has 10 bytes; what was installed has 9"],
	])("do not match if the binary is %s, regardless of its mtime", async (_, alter, reason) => {
		const receipt = await install();
		await alter(file);
		await utimes(file, LONG_AGO, LONG_AGO);
		expect(await checkReceipt(file)).toEqual({ kind: "altered", reason, receipt });
		await utimes(file, receipt.mtimeSeconds, receipt.mtimeSeconds);
		expect(await checkReceipt(file)).toEqual({ kind: "altered", reason, receipt });
	});

	test("do not match if a folder is in the binary's place", async () => {
		const receipt = await install();
		await rm(file);
		await mkdir(file);
		expect(await checkReceipt(file)).toEqual({
			kind: "altered",
			reason: "it is not a regular file",
			receipt,
		});
	});

	test("are reported as absent if the binary is missing, with or without a receipt", async () => {
		await install();
		await rm(file);
		expect(await checkReceipt(file)).toEqual({ kind: "absent" });
		expect(await checkReceipt(path.join(folder.path, "no", "rivet-engine"))).toEqual({ kind: "absent" });
	});

	test("cannot be compared without a receipt, nor with a garbled receipt", async () => {
		await writeFile(file, CONTENT);
		expect(await checkReceipt(file)).toEqual({ kind: "unverified" });
		await writeFile(receiptPath(file), "{");
		expect(await checkReceipt(file)).toEqual({
			kind: "unverified",
			reason: `its receipt '${receiptPath(file)}' cannot be used: it is not JSON`,
		});
	});

	test("are compared completely, even if the file is longer than a chunk", async () => {
		const content = Buffer.alloc(2_500_000, "engine ");
		await writeFile(file, content);
		const sha256 = createHash("sha256").update(content).digest("hex");
		await writeReceipt(file, { sha256, url: "", engineVersion: null });
		await utimes(file, LONG_AGO, LONG_AGO);
		expect(await checkReceipt(file)).toMatchObject({ kind: "verified" });
	});

	test("may be checked several times at once", async () => {
		const receipt = await install();
		await utimes(file, LONG_AGO, LONG_AGO);
		const renewed = { ...receipt, mtimeSeconds: LONG_AGO };
		const checks = await Promise.all(Array.from({ length: 8 }, () => checkReceipt(file)));
		for (const check of checks) expect(check).toEqual({ kind: "verified", receipt: renewed });
		expect(await readdir(folder.path)).toEqual(["rivet-engine", "rivet-engine.receipt.json"]);
	});

	test("are compared without a change to the receipt of a file that replaces the binary in the meantime", async () => {
		const receipt = await install();
		await utimes(file, LONG_AGO, LONG_AGO);
		const next = { ...receipt, mtimeSeconds: LONG_AGO + 1, engineVersion: "2.3.20" };
		// The signal is checked before each chunk, while the file is open.
		let asked = 0;
		const signal = Object.assign(new AbortController().signal, {
			throwIfAborted: () => {
				asked += 1;
				if (asked !== 2) return;
				writeFileSync(`${file}.next`, "another one");
				renameSync(`${file}.next`, file);
				writeFileSync(receiptPath(file), JSON.stringify(next));
			},
		});
		expect(await checkReceipt(file, signal)).toEqual({
			kind: "verified",
			receipt: { ...receipt, mtimeSeconds: LONG_AGO },
		});
		expect(await readReceipt(file)).toEqual({ kind: "present", receipt: next });
	});

	test("are not compared after an abort, whose reason is rethrown", async () => {
		const reason = new Error("enough");
		await expect(checkReceipt(file, AbortSignal.abort(reason))).rejects.toBe(reason);
	});

	test.runIf(process.platform === "linux")(
		"an abort ends hashing with its reason, and closes the file",
		async () => {
			// The file is sparse, and so long that a hash of it would outlast the test.
			await install();
			await truncate(file, 32 * 1024 ** 3);
			await writeReceipt(file, { sha256: SHA256, url: "", engineVersion: null });
			await utimes(file, LONG_AGO, LONG_AGO);
			const reason = new Error("enough");
			const controller = new AbortController();
			const outcome = checkReceipt(file, controller.signal).catch((error: unknown) => error);
			await vi.waitFor(async () => expect(await isOpen(file)).toBe(true), { interval: 5 });
			controller.abort(reason);
			expect(await outcome).toBe(reason);
			expect(await isOpen(file)).toBe(false);
		},
	);
});

async function isOpen(file: string): Promise<boolean> {
	const descriptors = await readdir("/proc/self/fd");
	const targets = descriptors.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => ""));
	return (await Promise.all(targets)).includes(file);
}
