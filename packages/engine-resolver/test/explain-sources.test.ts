import { existsSync } from "node:fs";
import { chmod, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { receiptPath } from "@rivetkit/engine-core/receipt";
import { createFakeEngine, temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { explainSources, resolveEnginePath } from "../src/index.ts";
import {
	addCached,
	addReceipt,
	configured,
	NO_SUCH_VERSION,
	npmTree,
	setMtime,
	versionScript,
} from "./trees.ts";

// Seen to fail with `looksOnly` not passed on, which runs unused binaries and renews the receipt; with the first usable
// source taken regardless of its version; and with a broken source skipped.

/** Makes a script that prints its version and leaves a file when it is run. */
function tracedScript(version: string, trace: string): string {
	return versionScript(version, `echo run >>'${trace}'`);
}

describe("B15 B38 the explanation of the sources", () => {
	test("covers all sources, also after the deciding source, and runs only the deciding source's binary", async () => {
		await using folder = await temporaryFolder();
		await using npm = await npmTree(folder.path, NO_SUCH_VERSION);
		const trace = path.join(folder.path, "trace");
		const named = path.join(folder.path, "named");
		await writeFile(named, tracedScript("7.0.1", trace), { mode: 0o755 });
		await writeFile(npm.path, tracedScript(NO_SUCH_VERSION, `${trace} of npm`));
		const configuration = configured(folder.path, { environment: { RIVET_ENGINE_BINARY: named } });
		const cached = await addCached(configuration, tracedScript(NO_SUCH_VERSION, `${trace} of the cache`));
		const explained = await explainSources(configuration);
		const binary = { path: named, source: "RIVET_ENGINE_BINARY", version: "7.0.1" };
		expect(explained).toEqual({
			verdicts: [
				{ kind: "declined", source: "option", reason: "no path was given" },
				{ kind: "declined", source: "RIVET_ENGINE_BINARY_PATH", reason: "the variable is not set" },
				{ kind: "chosen", binary },
				{ kind: "spare", source: "npm", path: npm.path },
				{ kind: "spare", source: "cache", path: cached },
				{ kind: "declined", source: "download", reason: expect.stringContaining("downloading is off") },
			],
			outcome: { kind: "binary", binary },
			conflict: undefined,
		});
		expect(await readFile(trace, "utf8")).toBe("run\n");
		expect([existsSync(`${trace} of npm`), existsSync(`${trace} of the cache`)]).toEqual([false, false]);
	});

	test("has the same outcome as resolving if the npm package has another version than wanted", async () => {
		await using folder = await temporaryFolder();
		await using npm = await npmTree(folder.path, "7.0.2");
		const configuration = configured(folder.path);
		const cached = await addCached(configuration, versionScript(NO_SUCH_VERSION));
		const { verdicts, outcome } = await explainSources(configuration);
		expect(verdicts).toContainEqual({
			kind: "declined",
			source: "npm",
			reason: `'${npm.path}' is 7.0.2; ${NO_SUCH_VERSION} was asked for`,
		});
		const resolved = await resolveEnginePath(configuration);
		expect(outcome).toEqual({
			kind: "binary",
			binary: { path: cached, source: "cache", version: resolved.version },
		});
	});

	test("has the error of a wrong named path as its outcome, and the other sources' binaries", async () => {
		await using folder = await temporaryFolder();
		await using npm = await npmTree(folder.path, NO_SUCH_VERSION);
		const wrong = path.join(folder.path, "wrong");
		const configuration = configured(folder.path, { binaryPath: wrong });
		const { verdicts, outcome } = await explainSources(configuration);
		expect(outcome).toMatchObject({ kind: "error", error: { code: "binary_not_found" } });
		expect(verdicts.map(({ kind }) => kind)).toEqual(["broken", "spare", "declined", "declined"]);
		expect(verdicts[1]).toMatchObject({ source: "npm", path: npm.path });
	});

	test("has an error as its outcome if every source declines, or the download if it is allowed", async () => {
		await using folder = await temporaryFolder();
		const { outcome } = await explainSources(configured(folder.path));
		expect(outcome).toMatchObject({
			kind: "error",
			error: { code: "binary_unavailable", metadata: { hint: expect.stringContaining("npm install") } },
		});
		const allowed = await explainSources(configured(folder.path, { autoDownload: true }));
		expect(allowed.outcome).toEqual({ kind: "download" });
		expect(allowed.verdicts.map((verdict) => verdict.kind)).not.toContain("chosen");
	});

	test("returns the values of both environment variables if they differ", async () => {
		await using folder = await temporaryFolder();
		await using fake = await createFakeEngine();
		const environment = {
			RIVET_ENGINE_BINARY_PATH: fake.path,
			RIVET_ENGINE_BINARY: "/another",
			PATH: process.env.PATH,
		};
		const { conflict } = await explainSources(configured(folder.path, { environment }));
		expect(conflict).toEqual({ used: fake.path, ignored: "/another" });
	});
});

describe("B14 B38 a look at the cache", () => {
	test("does not wait for a file that was just written, hashes no file, and updates no receipt", async () => {
		await using folder = await temporaryFolder();
		const configuration = configured(folder.path);
		const file = await addCached(configuration, versionScript(NO_SUCH_VERSION));
		await addReceipt(file, NO_SUCH_VERSION);
		const receipt = await readFile(receiptPath(file), "utf8");
		await setMtime(file, Date.now() / 1000);
		const { outcome } = await explainSources(configuration);
		expect(outcome).toMatchObject({ kind: "binary", binary: { source: "cache", version: NO_SUCH_VERSION } });
		expect(await readFile(receiptPath(file), "utf8")).toBe(receipt);
	});

	test("declines a file whose size has changed since its installation, and a file that cannot be executed", async () => {
		await using folder = await temporaryFolder();
		const configuration = configured(folder.path);
		const file = await addCached(configuration, versionScript(NO_SUCH_VERSION));
		await addReceipt(file, NO_SUCH_VERSION);
		await writeFile(file, versionScript(NO_SUCH_VERSION, "# longer"));
		const cacheVerdict = async () =>
			(await explainSources(configuration)).verdicts.find(
				(verdict) => "source" in verdict && verdict.source === "cache",
			);
		const { size } = await stat(file);
		expect(await cacheVerdict()).toMatchObject({
			kind: "declined",
			reason: expect.stringContaining(`it has ${size} bytes rather than`),
		});
		await writeFile(file, versionScript(NO_SUCH_VERSION));
		await chmod(file, 0o644);
		expect(await cacheVerdict()).toMatchObject({
			kind: "declined",
			reason: expect.stringContaining("run: chmod +x"),
		});
	});
});
