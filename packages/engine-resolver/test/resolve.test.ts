import { chmod, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { EngineHealth } from "@rivetkit/engine-core";
import { createFakeEngine, expectEngineError, processGone, temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, test, vi } from "vitest";
import { type FetchBinary, resolveEngine, resolveEnginePath } from "../src/index.ts";
import { readBinaryVersion } from "../src/version/binary-version.ts";
import { configured, NO_SUCH_VERSION, npmTree } from "./trees.ts";

const health: EngineHealth = { runtime: "engine", status: "ok", version: "2.3.19", architecture: undefined };

/** Makes a downloader that collects its requests. */
function fetchOf(file: string) {
	const requests: Parameters<FetchBinary>[0][] = [];
	const fetch: FetchBinary = async (request) => {
		requests.push(request);
		return { path: file };
	};
	return { fetch, requests };
}

describe("B11 the order", () => {
	test("a running engine is used, and no file is looked for", async () => {
		const configuration = configured("/no/such folder", { autoDownload: true });
		const { fetch, requests } = fetchOf("/no/such file");
		expect(await resolveEngine(configuration, { probe: async () => health, fetch })).toEqual({
			kind: "existing",
			health,
		});
		expect(requests).toEqual([]);
	});

	test("a named path is used even if an engine runs, and the engine is not probed", async () => {
		await using fake = await createFakeEngine({ version: "7.1.0" });
		const configuration = configured(fake.folder, { binaryPath: fake.path });
		const probe = () => Promise.reject(new Error("probed"));
		expect(await resolveEngine(configuration, { probe })).toMatchObject({ kind: "binary", path: fake.path });
	});

	test("the npm package is used if no engine runs, and nothing is fetched", async () => {
		await using folder = await temporaryFolder();
		await using engine = await npmTree(folder.path, "7.1.1");
		const { fetch, requests } = fetchOf("/no/such file");
		const configuration = configured(folder.path, { version: "7.1.1", autoDownload: true });
		const found = await resolveEngine(configuration, { probe: async () => undefined, fetch });
		expect(found).toMatchObject({ kind: "binary", path: engine.path, source: "npm", version: "7.1.1" });
		expect(requests).toEqual([]);
	});

	test("the download is last, and the result names the sources that declined", async () => {
		await using folder = await temporaryFolder();
		await using fake = await createFakeEngine({ version: "7.1.2" });
		const { fetch, requests } = fetchOf(fake.path);
		const { signal } = new AbortController();
		const found = await resolveEnginePath(configured(folder.path, { autoDownload: true }), { fetch, signal });
		expect(found).toMatchObject({ path: fake.path, source: "download", version: "7.1.2" });
		expect(found.declined.map(({ source }) => source)).toEqual([
			"option",
			"RIVET_ENGINE_BINARY_PATH",
			"RIVET_ENGINE_BINARY",
			"npm",
			"cache",
		]);
		expect(requests).toEqual([{ version: NO_SUCH_VERSION, signal }]);
	});

	test("what the probe and the downloader throw is passed on", async () => {
		await using folder = await temporaryFolder();
		const failure = new Error("occupied");
		const probe = () => Promise.reject(failure);
		await expect(resolveEngine(configured(folder.path), { probe })).rejects.toBe(failure);
		const fetch = () => Promise.reject(failure);
		const configuration = configured(folder.path, { autoDownload: true });
		await expect(resolveEnginePath(configuration, { fetch })).rejects.toBe(failure);
	});
});

describe("B15 nothing found", () => {
	test("is an error that says what to do, and why each source declined", async () => {
		await using folder = await temporaryFolder();
		const { fetch, requests } = fetchOf("/no/such file");
		const resolving = resolveEngine(configured(folder.path), { probe: async () => undefined, fetch });
		const error = await expectEngineError(resolving, "binary_unavailable");
		expect(error.message).toBe(
			`No usable engine binary was found for version '${NO_SUCH_VERSION}'. Build \`rivet-engine\`, ` +
				"set `RIVET_ENGINE_BINARY_PATH`, or enable `RIVETKIT_ENGINE_AUTO_DOWNLOAD=1`.",
		);
		expect(error.metadata.declined).toEqual([
			{ source: "option", reason: "no path was given" },
			{ source: "RIVET_ENGINE_BINARY_PATH", reason: "the variable is not set" },
			{ source: "RIVET_ENGINE_BINARY", reason: "the variable is not set" },
			{ source: "npm", reason: expect.stringContaining(`; ${NO_SUCH_VERSION} was asked for`) },
			{ source: "cache", reason: expect.stringMatching(`^'${folder.path}/.*' does not exist$`) },
			{ source: "download", reason: expect.stringContaining("RIVETKIT_ENGINE_AUTO_DOWNLOAD") },
		]);
		expect(error.metadata.hint).toContain("npm install -D @rivetkit/engine-cli");
		expect(error.metadata.hint).toContain("download: downloading is off");
		expect(requests).toEqual([]);
	});

	test("says that there is no downloader if a download is allowed", async () => {
		await using folder = await temporaryFolder();
		const resolving = resolveEnginePath(configured(folder.path, { autoDownload: true }));
		const error = await expectEngineError(resolving, "binary_unavailable");
		expect(error.metadata.hint).toContain("download: this program brings no downloader");
	});
});

describe("B16 resolving a path", () => {
	test("leaves the configuration as it was", async () => {
		await using fake = await createFakeEngine();
		const configuration = Object.freeze(configured(fake.folder, { binaryPath: fake.path }));
		await resolveEnginePath(configuration);
		expect(configuration).toEqual(configured(fake.folder, { binaryPath: fake.path }));
	});
});

describe("B15 an abort", () => {
	const reason = new Error("enough");

	test("before the search is rethrown, and no source is asked", async () => {
		await using folder = await temporaryFolder();
		const signal = AbortSignal.abort(reason);
		const probe = async () => health;
		await expect(resolveEngine(configured(folder.path), { probe, signal })).rejects.toBe(reason);
		await expect(resolveEnginePath(configured(folder.path), { signal })).rejects.toBe(reason);
	});

	test("while a binary is asked for its version is rethrown, and ends that binary", async () => {
		await using folder = await temporaryFolder();
		const file = path.join(folder.path, "slow.sh");
		const pidFile = path.join(folder.path, "pid");
		await writeFile(file, `#!/bin/sh\necho $$ > '${pidFile}'\nexec sleep 100\n`);
		await chmod(file, 0o755);
		const controller = new AbortController();
		const asking = readBinaryVersion(file, { PATH: process.env.PATH }, controller.signal);
		const pid = await vi.waitFor(async () => {
			const text = await readFile(pidFile, "utf8");
			if (text === "") throw new Error("The script has not written its pid.");
			return Number(text);
		});
		controller.abort(reason);
		await expect(asking).rejects.toBe(reason);
		await processGone(pid);
	});
});
