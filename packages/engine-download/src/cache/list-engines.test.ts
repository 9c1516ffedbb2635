import { createHash } from "node:crypto";
import { mkdir, rm, symlink, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { writeReceipt } from "@rivetkit/engine-core/receipt";
import { type TemporaryStorageRoot, temporaryStorageRoot } from "@rivetkit/engine-testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listEngines } from "./list-engines.ts";
import { pruneEngines } from "./prune-engines.ts";

const NAME = "rivet-engine-x86_64-unknown-linux-musl";
const CONTENT = "an engine";
const SHA256 = createHash("sha256").update(CONTENT).digest("hex");
const LONG_AGO = 1_600_000_000;

describe("B38 the engines in the cache", () => {
	let folder: TemporaryStorageRoot;

	beforeEach(async () => {
		folder = await temporaryStorageRoot();
	});
	afterEach(async () => {
		await folder[Symbol.asyncDispose]();
	});

	async function put(version: string, name = NAME): Promise<string> {
		const file = path.join(folder.storageRoot, "engine", version, name);
		await mkdir(path.dirname(file), { recursive: true });
		await writeFile(file, CONTENT);
		return file;
	}

	async function install(version: string, name = NAME): Promise<string> {
		const file = await put(version, name);
		await writeReceipt(file, { sha256: SHA256, url: "", engineVersion: null });
		return file;
	}

	test("are an empty list without a cache", async () => {
		expect(await listEngines(folder.storageRoot)).toEqual([]);
		await mkdir(folder.storageRoot);
		await writeFile(path.join(folder.storageRoot, "engine"), "a file in its place");
		expect(await listEngines(folder.storageRoot)).toEqual([]);
	});

	test("have all fields", async () => {
		const file = await put("2.3.19");
		await utimes(file, LONG_AGO + 60, LONG_AGO);
		const { installedAt } = await writeReceipt(file, { sha256: SHA256, url: "", engineVersion: null });
		expect(await listEngines(folder.storageRoot)).toEqual([
			{
				version: "2.3.19",
				artifact: NAME,
				path: file,
				sizeBytes: 9,
				state: "verified",
				sha256: SHA256,
				installedAt,
				lastUsedAt: "2020-09-13T12:27:40.000Z",
			},
		]);
	});

	test("are unverified if another tool has written them, and count as installed at that time", async () => {
		await utimes(await put("2.3.19"), LONG_AGO - 60, LONG_AGO);
		const [engine] = await listEngines(folder.storageRoot);
		expect(engine).toMatchObject({ state: "unverified", installedAt: "2020-09-13T12:26:40.000Z" });
		expect(engine).toHaveProperty("sha256", undefined);
		expect(engine).toHaveProperty("lastUsedAt", undefined);
	});

	test("are altered if they have changed since they were installed", async () => {
		const file = await install("2.3.19");
		await writeFile(file, `${CONTENT}!`);
		expect(await listEngines(folder.storageRoot)).toMatchObject([
			{ state: "altered", sha256: undefined, sizeBytes: 10 },
		]);
	});

	test("are verified by their content if only their time has changed, which does not count as a use", async () => {
		await utimes(await install("2.3.19"), LONG_AGO, LONG_AGO);
		expect(await listEngines(folder.storageRoot)).toMatchObject([
			{ state: "verified", sha256: SHA256, lastUsedAt: undefined },
		]);
	});

	test("are not hashed after the call is aborted", async () => {
		await utimes(await install("2.3.19"), LONG_AGO, LONG_AGO);
		const signal = AbortSignal.abort(new Error("enough"));
		await expect(listEngines(folder.storageRoot, { signal })).rejects.toThrow("enough");
		const options = { storageRoot: folder.storageRoot, keep: 0, signal };
		await expect(pruneEngines(options)).rejects.toThrow("enough");
		expect(await listEngines(folder.storageRoot)).toHaveLength(1);
	});

	test("are sorted newest version first; names without numbers come last, the newest file first", async () => {
		const versions = ["2.3.9", "latest", "2.10.0", "4f9c2d1", "2.3.19-rc.1", "2.3.19"];
		for (const version of versions) await put(version);
		const at = (version: string) => path.join(folder.storageRoot, "engine", version, NAME);
		await utimes(at("latest"), LONG_AGO, LONG_AGO);
		await utimes(at("4f9c2d1"), LONG_AGO + 1, LONG_AGO + 1);
		const listed = await listEngines(folder.storageRoot);
		const sorted = ["2.10.0", "2.3.19", "2.3.19-rc.1", "2.3.9", "4f9c2d1", "latest"];
		expect(listed.map(({ version }) => version)).toEqual(sorted);
	});

	test("may be of any component and platform", async () => {
		await install("2.3.19", "rivet-engine-aarch64-apple-darwin");
		await install("2.3.19", "rivet-cli-x86_64-pc-windows-gnu.exe");
		const listed = await listEngines(folder.storageRoot);
		expect(listed.map(({ artifact }) => artifact).sort()).toEqual([
			"rivet-cli-x86_64-pc-windows-gnu.exe",
			"rivet-engine-aarch64-apple-darwin",
		]);
	});

	test("do not include other files: receipts, drafts, partials, links, and files outside the folders of versions", async () => {
		const file = await install("2.3.19");
		await put("2.3.19", `${NAME}.altered`);
		await put("2.3.19", `${NAME}.receipt.json.f6a7.tmp`);
		await put("2.3.19", "README");
		await put(".partial", `${SHA256}.1.part`);
		await put(".partial");
		await put("..evil");
		await writeFile(path.join(folder.storageRoot, "engine", NAME), CONTENT);
		await mkdir(path.join(folder.storageRoot, "engine", "2.3.18", NAME), { recursive: true });
		await symlink(path.dirname(file), path.join(folder.storageRoot, "engine", "2.3.17"));
		await symlink(file, path.join(folder.storageRoot, "engine", "2.3.18", "rivet-cli-aarch64-apple-darwin"));
		expect((await listEngines(folder.storageRoot)).map((engine) => engine.path)).toEqual([file]);
	});

	test("do not include a receipt that has lost its file", async () => {
		await rm(await install("2.3.19"));
		expect(await listEngines(folder.storageRoot)).toEqual([]);
	});
});
