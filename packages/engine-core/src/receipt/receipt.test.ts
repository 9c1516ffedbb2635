import { mkdir, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { checkReceipt } from "./check-receipt.ts";
import { type EngineReceipt, readReceipt, receiptPath } from "./receipt.ts";
import { writeReceipt } from "./write-receipt.ts";

const receipt: EngineReceipt = {
	format: 1,
	sha256: "0f".repeat(32),
	sizeBytes: 96_871_200,
	mtimeSeconds: 1_790_000_000,
	url: "https://releases.rivet.dev/rivet/2.3.19/engine/rivet-engine-x86_64-unknown-linux-musl",
	installedAt: "2026-11-23T08:48:33.000Z",
	engineVersion: "2.3.19",
};

describe("B14 the receipt of an installed binary", () => {
	test("is beside the binary", () => {
		expect(receiptPath("/cache/rivet-engine")).toBe("/cache/rivet-engine.receipt.json");
	});

	test("contains the digest, the time, and the size and mtime of the installed file", async () => {
		await using folder = await temporaryFolder();
		const file = path.join(folder.path, "rivet-engine");
		await writeFile(file, "an engine");
		await utimes(file, 1_790_000_000.25, 1_790_000_000.75);
		const before = Date.now();
		const written = await writeReceipt(file, {
			sha256: receipt.sha256,
			url: receipt.url,
			engineVersion: null,
		});
		expect(written).toEqual({
			...receipt,
			sizeBytes: 9,
			installedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
			engineVersion: null,
		});
		expect(Date.parse(written.installedAt)).toBeGreaterThanOrEqual(before);
		expect(await readReceipt(file)).toEqual({ kind: "present", receipt: written });
		expect(await readdir(folder.path)).toEqual(["rivet-engine", "rivet-engine.receipt.json"]);
	});

	test("contains the size and mtime of the verified file, not of a file that has replaced it since", async () => {
		await using folder = await temporaryFolder();
		const file = path.join(folder.path, "rivet-engine");
		await writeFile(file, "an engine");
		await utimes(file, 1_790_000_000, 1_790_000_000);
		const verified = await stat(file);
		await writeFile(file, "something else");
		const { sha256, url } = receipt;
		await writeReceipt(file, { sha256, url, engineVersion: null }, verified);
		expect(await readReceipt(file)).toMatchObject({ receipt: { sizeBytes: 9, mtimeSeconds: 1_790_000_000 } });
		expect(await checkReceipt(file)).toMatchObject({ kind: "altered" });
	});

	test("holds no credentials, and may be read by every user", async () => {
		await using folder = await temporaryFolder();
		const file = path.join(folder.path, "rivet-engine");
		await writeFile(file, "an engine");
		await writeReceipt(file, { ...receipt, url: "https://me:secret@mirror.example/engine" });
		const text = await readFile(receiptPath(file), "utf8");
		expect(JSON.parse(text).url).toBe("https://***@mirror.example/engine");
		if (process.platform !== "win32") {
			expect((await stat(receiptPath(file))).mode & 0o777).toBe(0o644 & ~process.umask());
		}
	});

	test("is not written for a missing binary", async () => {
		await using folder = await temporaryFolder();
		const file = path.join(folder.path, "rivet-engine");
		await expect(writeReceipt(file, receipt)).rejects.toMatchObject({ code: "ENOENT" });
		expect(await readdir(folder.path)).toEqual([]);
	});

	test("that is missing is reported as absent", async () => {
		await using folder = await temporaryFolder();
		expect(await readReceipt(path.join(folder.path, "no", "rivet-engine"))).toEqual({ kind: "absent" });
	});

	test("with an unknown field is read", async () => {
		await using folder = await temporaryFolder();
		const file = path.join(folder.path, "rivet-engine");
		await writeFile(receiptPath(file), JSON.stringify({ ...receipt, later: true }));
		expect(await readReceipt(file)).toMatchObject({ kind: "present", receipt });
	});

	const lacking = "it lacks fields that it must have";
	test.each<[string, string | object, string]>([
		["empty", "", "it is not JSON"],
		["cut off", JSON.stringify(receipt).slice(0, -2), "it is not JSON"],
		["binary", "\0\u0001\ufffd", "it is not JSON"],
		["null", "null", lacking],
		["a list", "[]", lacking],
		["a number", "1", lacking],
		["of another format", { ...receipt, format: 2 }, lacking],
		["without a digest", { ...receipt, sha256: undefined }, lacking],
		["with a digest in upper case", { ...receipt, sha256: "0F".repeat(32) }, lacking],
		["with a digest that is cut off", { ...receipt, sha256: "0f".repeat(31) }, lacking],
		["with a digest that is too long", { ...receipt, sha256: "0f".repeat(33) }, lacking],
		["with a digest that is none", { ...receipt, sha256: "zz".repeat(32) }, lacking],
		["with a size as text", { ...receipt, sizeBytes: "9" }, lacking],
		["with a part of a second", { ...receipt, mtimeSeconds: 1.5 }, lacking],
		["without an mtime", { ...receipt, mtimeSeconds: null }, lacking],
		["without a URL", { ...receipt, url: null }, lacking],
		["without a date", { ...receipt, installedAt: 1 }, lacking],
		["with a date that is none", { ...receipt, installedAt: "yesterday" }, lacking],
		["with a version that is a number", { ...receipt, engineVersion: 2 }, lacking],
		["without a version", { ...receipt, engineVersion: undefined }, lacking],
	])("that is %s is corrupt", async (_, content, reason) => {
		await using folder = await temporaryFolder();
		const file = path.join(folder.path, "rivet-engine");
		await writeFile(receiptPath(file), typeof content === "string" ? content : JSON.stringify(content));
		expect(await readReceipt(file)).toEqual({ kind: "corrupt", path: receiptPath(file), reason });
	});

	test("that is a folder is reported as corrupt", async () => {
		await using folder = await temporaryFolder();
		const file = path.join(folder.path, "rivet-engine");
		await mkdir(receiptPath(file));
		expect(await readReceipt(file)).toMatchObject({
			kind: "corrupt",
			reason: expect.stringContaining("EISDIR"),
		});
	});
});
