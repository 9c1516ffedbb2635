import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, copyFile, mkdir, readdir, rename, rm, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { withLock } from "@rivetkit/engine-core/lock";
import { identifyProcess } from "@rivetkit/engine-core/process";
import { writeReceipt } from "@rivetkit/engine-core/receipt";
import { expectEngineError, type TemporaryStorageRoot, temporaryStorageRoot } from "@rivetkit/engine-testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sha256File } from "../verification/verify.ts";
import { pruneEngines } from "./prune-engines.ts";

const NAME = "rivet-engine-x86_64-unknown-linux-musl";
const CONTENT = "an engine";
const NOBODY = 65_534;
const SHA256 = createHash("sha256").update(CONTENT).digest("hex");

let folder: TemporaryStorageRoot;
let storageRoot: string;
let cache: string;

beforeEach(async () => {
	folder = await temporaryStorageRoot();
	storageRoot = folder.storageRoot;
	cache = path.join(storageRoot, "engine");
});
afterEach(async () => {
	await folder[Symbol.asyncDispose]();
});

async function put(version: string, name = NAME): Promise<string> {
	const file = path.join(cache, version, name);
	await mkdir(path.dirname(file), { recursive: true });
	await writeFile(file, CONTENT);
	return file;
}

async function install(version: string, name = NAME): Promise<string> {
	const file = await put(version, name);
	await writeReceipt(file, { sha256: SHA256, url: "", engineVersion: null });
	return file;
}

/** Lists everything below the cache, folders included. */
async function tree(): Promise<readonly string[]> {
	return (await readdir(cache, { recursive: true })).sort();
}

const versionsOf = (engines: readonly { readonly version: string }[]) =>
	engines.map(({ version }) => version);

describe("B38 pruning the cache", () => {
	test("keeps the newest versions, by their numbers, and removes the others with their receipts and folders", async () => {
		for (const version of ["2.9.0", "2.10.0", "2.3.19", "1.0.0"]) await install(version);
		await install("2.9.0", "rivet-cli-aarch64-apple-darwin");
		await install("2.10.0", "rivet-cli-aarch64-apple-darwin");
		const { removed, kept, freedBytes, removedPartials } = await pruneEngines({ storageRoot, keep: 2 });
		expect(versionsOf(kept)).toEqual(["2.10.0", "2.10.0", "2.9.0", "2.9.0"]);
		expect(versionsOf(removed)).toEqual(["2.3.19", "1.0.0"]);
		expect(freedBytes).toBe(18);
		expect(removedPartials).toEqual([]);
		expect((await readdir(cache)).sort()).toEqual(["2.10.0", "2.9.0"]);
		expect(await readdir(path.join(cache, "2.9.0"))).toHaveLength(4);
	});

	test("does nothing without a cache", async () => {
		const nothing = { removed: [], kept: [], removedPartials: [], freedBytes: 0 };
		expect(await pruneEngines({ storageRoot, keep: 0 })).toEqual(nothing);
	});

	test("keeps no version with 0, and all if there are not more than asked for", async () => {
		await install("2.3.19");
		expect(await pruneEngines({ storageRoot, keep: 1 })).toMatchObject({ removed: [], freedBytes: 0 });
		expect(await pruneEngines({ storageRoot, keep: 0 })).toMatchObject({ kept: [], freedBytes: 9 });
		expect(await tree()).toEqual([]);
	});

	test("never removes a file of another tool, whose version counts", async () => {
		await put("2.3.19");
		await install("2.3.18");
		await put("2.3.17");
		const { removed, kept } = await pruneEngines({ storageRoot, keep: 1 });
		expect(versionsOf(removed)).toEqual(["2.3.18"]);
		expect(versionsOf(kept)).toEqual(["2.3.19", "2.3.17"]);
		expect(await tree()).toEqual(["2.3.17", `2.3.17/${NAME}`, "2.3.19", `2.3.19/${NAME}`]);
	});

	test("never removes a file of ours that another tool has overwritten", async () => {
		const file = await install("2.3.18");
		await writeFile(file, CONTENT.toUpperCase());
		await utimes(file, 1, 1);
		expect(await pruneEngines({ storageRoot, keep: 0 })).toMatchObject({ removed: [], freedBytes: 0 });
		expect(await readdir(path.dirname(file))).toEqual([NAME, `${NAME}.receipt.json`]);
	});

	test("removes the locks of removed files, unless a process holds them, and no other locks", async () => {
		const lockOf = (version: string) => path.join(cache, ".partial", `${version}.${NAME}.lock`);
		for (const version of ["2.3.17", "2.3.18", "2.3.19"]) {
			await install(version);
			await withLock(lockOf(version), async () => {});
		}
		await withLock(lockOf("2.3.17"), async () => {
			const { removed } = await pruneEngines({ storageRoot, keep: 1 });
			expect(versionsOf(removed)).toEqual(["2.3.18", "2.3.17"]);
		});
		expect((await readdir(path.join(cache, ".partial"))).sort()).toEqual(
			["2.3.17", "2.3.19"].map((version) => path.basename(lockOf(version))),
		);
	});

	test("leaves a folder with another file in it, and folders that are not of a version", async () => {
		const file = await install("2.3.18");
		await writeFile(`${file}.altered`, "x");
		await mkdir(path.join(cache, "2.3.17"));
		await install(".hidden");
		await pruneEngines({ storageRoot, keep: 0 });
		expect(await tree()).toEqual([
			".hidden",
			`.hidden/${NAME}`,
			`.hidden/${NAME}.receipt.json`,
			"2.3.17",
			"2.3.18",
			`2.3.18/${NAME}.altered`,
		]);
	});

	test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("refuses to keep %d", async (keep) => {
		await install("2.3.19");
		const error = await expectEngineError(pruneEngines({ storageRoot, keep }), "invalid_option");
		expect(error.metadata).toMatchObject({ option: "keep", hint: expect.any(String) });
		expect(await tree()).toHaveLength(3);
	});

	test.runIf(process.platform !== "win32")(
		"names a file that cannot be removed, and leaves it as it is",
		async () => {
			const file = await install("2.3.19");
			await chmod(folder.path, 0o755);
			await chmod(path.dirname(file), 0o555);
			const before = await tree();
			// Root may remove any file, so the test tries as another user.
			const isRoot = process.geteuid?.() === 0;
			if (isRoot) process.seteuid?.(NOBODY);
			try {
				const error = await expectEngineError(pruneEngines({ storageRoot, keep: 0 }), "read_only");
				expect(error.message).toContain(file);
			} finally {
				if (isRoot) process.seteuid?.(0);
				await chmod(path.dirname(file), 0o755);
			}
			expect(await tree()).toEqual(before);
		},
	);

	test.runIf(process.platform === "linux")(
		"does not end an engine that runs from a removed file",
		async () => {
			const file = await put("2.3.19");
			await rm(file);
			await copyFile("/bin/sleep", file);
			await writeReceipt(file, { ...(await sha256File(file)), url: "", engineVersion: null });
			await chmod(file, 0o755);
			const child = spawn(file, ["60"], { stdio: "ignore" });
			try {
				await once(child, "spawn");
				expect(versionsOf((await pruneEngines({ storageRoot, keep: 0 })).removed)).toEqual(["2.3.19"]);
				expect(await tree()).toEqual([]);
				expect(child.exitCode).toBeNull();
				expect(await identifyProcess(child.pid ?? 0)).toBeDefined();
			} finally {
				await ended(child);
			}
		},
	);
});

describe("B38 pruning downloads under way", () => {
	let partials: string;

	beforeEach(async () => {
		partials = path.join(cache, ".partial");
		await mkdir(partials, { recursive: true });
	});

	async function begin(random: string, record: unknown, name = `${SHA256}.${random}.part`): Promise<string> {
		await writeFile(path.join(partials, name), "a beginning");
		if (record !== undefined) await writeFile(path.join(partials, `${name}.json`), JSON.stringify(record));
		return name;
	}

	async function deadOwner(): Promise<unknown> {
		const child = spawn("sleep", ["60"], { stdio: "ignore" });
		await once(child, "spawn");
		const owner = await identifyProcess(child.pid ?? 0);
		await ended(child);
		return owner;
	}

	test("removes partials whose owner is dead or has given them up, with their records", async () => {
		const dead = await begin("1a", { format: 1, owner: await deadOwner() });
		const given = await begin(crypto.randomUUID(), { format: 1, owner: null });
		const { removedPartials, freedBytes } = await pruneEngines({ storageRoot, keep: 1 });
		expect([...removedPartials].sort()).toEqual(
			[dead, given].map((name) => path.join(partials, name)).sort(),
		);
		expect(freedBytes).toBe(22);
		expect(await readdir(partials)).toEqual([]);
	});

	test("keeps partials whose owner lives or cannot be judged", async () => {
		const owner = await identifyProcess(process.pid);
		const elsewhere = { pid: 1, startTime: "1", bootId: "x", machineId: "another", pidNamespace: "x" };
		await begin("1", { format: 1, owner });
		await begin("2", { format: 1, owner: elsewhere });
		await begin("3", undefined);
		await begin("4", "garbage");
		await begin("5", { format: 1 });
		// This owner would be dead, as it names an earlier boot of this machine; but a pid must be a number.
		await begin("6", { format: 1, owner: { ...owner, pid: "1", bootId: "another" } });
		const before = await tree();
		expect(await pruneEngines({ storageRoot, keep: 0 })).toMatchObject({
			removedPartials: [],
			freedBytes: 0,
		});
		expect(await tree()).toEqual(before);
	});

	test("removes partials whose owner cannot be judged once they were not written for a day", async () => {
		const elsewhere = { pid: 1, startTime: "1", bootId: "x", machineId: "another", pidNamespace: "x" };
		const names = [
			await begin("1", { format: 1, owner: elsewhere }),
			await begin("2", undefined),
			await begin("3", "garbage"),
		];
		const kept = await begin("4", { format: 1, owner: await identifyProcess(process.pid) });
		const days = Date.now() / 1000 - 25 * 3600;
		for (const name of [...names, kept]) await utimes(path.join(partials, name), days, days);
		const { removedPartials } = await pruneEngines({ storageRoot, keep: 0 });
		expect(removedPartials.map((file) => path.basename(file)).sort()).toEqual(names.sort());
		expect(await readdir(partials)).toEqual([kept, `${kept}.json`]);
	});

	test("keeps files with names of another form, whatever their records say", async () => {
		const record = { format: 1, owner: null };
		await begin("", record, "notes.part");
		await begin("", record, `${SHA256}.part`);
		await begin("", record, `${SHA256.slice(1)}.1.part`);
		await begin("", record, `${SHA256}.1.part.old`);
		await mkdir(path.join(partials, `${SHA256}.lock`));
		await pruneEngines({ storageRoot, keep: 0 });
		expect(await readdir(partials)).toHaveLength(9);
	});

	test("removes the draft of a record if its writer is dead, and no other draft", async () => {
		const draft = () => `${SHA256}.1.part.json.${crypto.randomUUID()}.tmp`;
		const alive = { format: 1, owner: await identifyProcess(process.pid) };
		const dead = { format: 1, owner: await deadOwner() };
		const [kept, torn] = [draft(), draft()];
		for (const [name, record] of [
			[draft(), dead],
			[kept, alive],
			[torn, undefined],
		] as const) {
			await writeFile(path.join(partials, name), record === undefined ? "{" : JSON.stringify(record));
		}
		await pruneEngines({ storageRoot, keep: 0 });
		expect(await readdir(partials)).toEqual([kept, torn].sort());
	});

	test("removes a record that has lost its partial", async () => {
		const name = await begin("1", { format: 1, owner: null });
		await rename(path.join(partials, name), path.join(cache, "adopted"));
		const { removedPartials, freedBytes } = await pruneEngines({ storageRoot, keep: 0 });
		expect({ removedPartials, freedBytes }).toEqual({ removedPartials: [], freedBytes: 0 });
		expect(await readdir(partials)).toEqual([]);
	});
});

async function ended(child: ChildProcess): Promise<void> {
	const exit = once(child, "exit");
	child.kill("SIGKILL");
	await exit;
}
