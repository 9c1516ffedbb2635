import { link, mkdir, readdir, readlink, symlink, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { readReceipt, receiptPath, writeReceipt } from "@rivetkit/engine-core/receipt";
import {
	createFakeEngine,
	expectEngineError,
	realEnginePath,
	realEngineVersion,
	recordingLogger,
	type TemporaryFolder,
	temporaryFolder,
} from "@rivetkit/engine-testkit";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { resolveEnginePath } from "../src/index.ts";
import type { ResolverSettings } from "../src/source.ts";
import { cacheSource } from "../src/sources/cache-source.ts";
import {
	addCached,
	addReceipt,
	cachePathOf,
	configured,
	elfFile,
	LONG_AGO,
	npmTree,
	setMtime,
	versionScript,
} from "./trees.ts";

const ADOPTED = "using an engine binary from the cache unverified";
const DOWNLOAD = "delete it, or allow the download that replaces it (`RIVETKIT_ENGINE_AUTO_DOWNLOAD=1`)";

const noWait = () => expect.unreachable("It waits.");

describe.runIf(process.platform === "linux")("B14 the cache", () => {
	let folder: TemporaryFolder;
	let configuration: ResolverSettings;

	beforeEach(async () => {
		folder = await temporaryFolder();
		configuration = configured(folder.path);
	});
	afterEach(async () => {
		await folder[Symbol.asyncDispose]();
	});

	/** Returns the reason why the cache declines if no other source has a binary. */
	async function refusal(changes: Partial<ResolverSettings> = {}): Promise<string> {
		const resolving = resolveEnginePath({ ...configuration, ...changes }, { onWait: noWait });
		const error = await expectEngineError(resolving, "binary_unavailable");
		const declined = error.metadata["declined"] as { source: string; reason: string }[];
		return declined.find(({ source }) => source === "cache")?.reason ?? "";
	}

	describe("with a receipt", () => {
		test("B16 is used without being run, even if it is new, in a path with blanks", async () => {
			const ran = path.join(folder.path, "ran");
			const file = await addCached(configuration, versionScript("1.0.0", `touch '${ran}'`));
			await setMtime(file, Date.now() / 1000);
			await addReceipt(file, "7.0.0-as-installed");
			const logger = recordingLogger();
			const found = await resolveEnginePath(configuration, { logger, onWait: noWait });
			expect(found).toMatchObject({ path: file, source: "cache", version: "7.0.0-as-installed" });
			expect(file).toContain(" ");
			expect(await readdir(folder.path)).toEqual([".rivetkit"]);
			expect(logger.entries).toEqual([]);
		});

		test("without the engine's version, the binary is asked for it", async () => {
			const file = await addCached(configuration, versionScript("7.0.1"));
			await addReceipt(file, null);
			expect(await resolveEnginePath(configuration)).toMatchObject({ path: file, version: "7.0.1" });
		});

		test("is used by several calls at once although its mtime has changed, like in a CI cache", async () => {
			const file = await addCached(configuration, versionScript("7.0.2"));
			const receipt = await addReceipt(file, "7.0.2");
			await setMtime(file, LONG_AGO + 1000);
			const resolving = Array.from({ length: 4 }, () => resolveEnginePath(configuration));
			for (const found of await Promise.all(resolving)) expect(found).toMatchObject({ path: file });
			expect(await readReceipt(file)).toEqual({
				kind: "present",
				receipt: { ...receipt, mtimeSeconds: LONG_AGO + 1000 },
			});
			expect(await readdir(path.dirname(file))).toHaveLength(2);
		});

		test.each([
			["is truncated", (file: string) => truncate(file, 5), "it has 5 bytes; what was installed has 30"],
			[
				"has other content of the same size",
				(file: string) => writeFile(file, versionScript("7.0.4")),
				"its content has the SHA-256",
			],
		])("declines if the binary %s, and leaves both as they are", async (_, alter, reason) => {
			const file = await addCached(configuration, versionScript("7.0.3"));
			const receipt = await addReceipt(file, "7.0.3");
			await alter(file);
			await setMtime(file, LONG_AGO + 1000);
			const said = await refusal();
			expect(said).toContain(`'${file}' has changed since it was installed: ${reason}`);
			expect(said).toContain(DOWNLOAD);
			expect(await readReceipt(file)).toEqual({ kind: "present", receipt });
			expect(await readdir(path.dirname(file))).toHaveLength(2);
		});

		test("declines if the binary has lost its executable bit, and says how to restore it", async () => {
			const file = await addCached(configuration, versionScript("7.0.5"), 0o644);
			await addReceipt(file, "7.0.5");
			expect(await refusal()).toBe(
				`'${file}' cannot be executed: its mode is 0644, without the right to execute it; run: chmod +x '${file}'`,
			);
		});

		test("an abort ends hashing, and is no reason to decline", async () => {
			const file = await addCached(configuration, "");
			// The file is sparse, and so long that a hash of it would outlast the test.
			await truncate(file, 32 * 1024 ** 3);
			await writeReceipt(file, { sha256: "00".repeat(32), url: "", engineVersion: null });
			await setMtime(file, LONG_AGO);
			const controller = new AbortController();
			const { signal } = controller;
			const outcome = resolveEnginePath(configuration, { signal }).catch((error: unknown) => error);
			await vi.waitFor(async () => expect(await openFiles()).toContain(file), { interval: 5 });
			const reason = Object.assign(new Error("enough"), { syscall: "abort" });
			controller.abort(reason);
			expect(await outcome).toBe(reason);
		});
	});

	describe("without a receipt", () => {
		test("is used at once if it is old and complete, and the log says that it is unverified", async () => {
			const file = cachePathOf(configuration);
			await mkdir(path.dirname(file), { recursive: true });
			await link(realEnginePath(), file);
			const logger = recordingLogger();
			const found = await resolveEnginePath(configuration, { logger, onWait: noWait });
			expect(found).toMatchObject({ path: file, source: "cache", version: realEngineVersion });
			const fields = { path: file, version: realEngineVersion, reason: "it has no receipt" };
			expect(logger.entries).toEqual([{ level: "info", fields, message: ADOPTED }]);
		});

		test("is used even if a malformed receipt exists", async () => {
			const file = await addCached(configuration, versionScript("7.1.0"));
			await writeFile(receiptPath(file), "{");
			const logger = recordingLogger();
			const found = await resolveEnginePath(configuration, { logger, onWait: noWait });
			expect(found).toMatchObject({ path: file, version: "7.1.0" });
			expect(logger.entries).toMatchObject([
				{
					message: ADOPTED,
					fields: { reason: expect.stringContaining(`${receiptPath(file)}' cannot be used`) },
				},
			]);
		});

		test.each<[string, string | Buffer, number, string]>([
			[
				"is truncated",
				elfFile(1000).subarray(0, 999),
				0o755,
				`cannot be executed: it is truncated: it has 999 bytes of at least 1000; ${DOWNLOAD}`,
			],
			["is empty", "", 0o755, `cannot be executed: it is empty; ${DOWNLOAD}`],
			[
				"has mode 0644",
				elfFile(1000),
				0o644,
				"its mode is 0644, without the right to execute it; run: chmod +x",
			],
			["is a text", "<!doctype html>", 0o755, "it is neither a program nor a script"],
			["is for Windows", `MZ${"\0".repeat(200)}`, 0o755, `is made for win32; ${DOWNLOAD}`],
		])("declines if it %s", async (_, content, mode, reason) => {
			const file = await addCached(configuration, content, mode);
			const said = await refusal();
			expect(said).toContain(`'${file}' `);
			expect(said).toContain(reason);
		});

		test("declines if it is a folder", async () => {
			const file = cachePathOf(configuration);
			await mkdir(file, { recursive: true });
			await setMtime(file, LONG_AGO);
			expect(await refusal()).toContain("it is a directory");
		});
	});

	test("without the file declines, with the path that the file would have", async () => {
		expect(await refusal()).toBe(`'${cachePathOf(configuration)}' does not exist`);
	});

	test("in a storage root that is a file declines", async () => {
		await writeFile(configuration.storageRoot, "");
		expect(await refusal()).toMatch(/does not exist$/);
	});

	test("that cannot be read declines with the system's reason", async () => {
		const file = cachePathOf(configuration);
		await mkdir(path.dirname(file), { recursive: true });
		await symlink(path.basename(file), file);
		expect(await refusal()).toMatch(/^'.*' cannot be read: ELOOP/);
	});

	test("B17 is never used for `latest`, even if a file exists", async () => {
		const file = await addCached({ ...configuration, version: "latest" }, versionScript("7.2.0"));
		await addReceipt(file, "7.2.0");
		expect(await refusal({ version: "latest" })).toContain("`latest` changes");
	});

	test.each(["..", "../../bin", "a/b"])("refuses the version %j, which leads elsewhere", async (version) => {
		const resolving = resolveEnginePath({ ...configuration, version });
		const error = await expectEngineError(resolving, "invalid_option");
		expect(error.message).toContain(`'${version}'`);
	});

	test("is used for a default version, too, even if the binary prints another version", async () => {
		const file = await addCached(configuration, versionScript("7.2.1"));
		const byDefault = { ...configuration, versionIsExplicit: false };
		const context = { logger: recordingLogger(), onWait: noWait, signal: undefined };
		expect(await cacheSource()(byDefault, context)).toEqual([
			{ kind: "found", binary: { path: file, source: "cache", version: "7.2.1" } },
		]);
	});

	test("B18 declines where no engine is published", async () => {
		const context = { logger: recordingLogger(), onWait: noWait, signal: undefined };
		const source = cacheSource(undefined, { platform: "freebsd", arch: "x64" });
		expect(await source(configuration, context)).toEqual([
			{
				kind: "declined",
				declined: { source: "cache", reason: "no engine is published for freebsd on x64" },
			},
		]);
	});

	test("B11 counts after the npm package and before the download", async () => {
		const file = await addCached(configuration, versionScript("7.2.2"));
		await using fake = await createFakeEngine();
		const fetch = vi.fn(async () => ({ path: fake.path }));
		const options = { fetch, onWait: noWait };
		const mayDownload = { ...configuration, autoDownload: true };
		const found = await resolveEnginePath(mayDownload, options);
		expect(found).toMatchObject({ path: file, source: "cache" });
		expect(found.declined.at(-1)?.source).toBe("npm");
		expect(fetch).not.toHaveBeenCalled();
		await using npm = await npmTree(folder.path, configuration.version);
		expect(await resolveEnginePath(mayDownload, options)).toMatchObject({ path: npm.path, source: "npm" });
	});
});

async function openFiles(): Promise<readonly string[]> {
	const descriptors = await readdir("/proc/self/fd");
	return await Promise.all(descriptors.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")));
}
