import { appendFile, chmod, mkdir, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { silentLogger } from "@rivetkit/engine-core";
import {
	expectEngineError,
	recordingLogger,
	releaseFiles,
	serveRelease,
	temporaryFolder,
} from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import {
	ARTIFACT,
	askedOf,
	CONTENT,
	downloads,
	serveEngine,
	sha256Of,
	VERSION,
} from "./release-downloads.ts";

const SHA256 = sha256Of(CONTENT);
const OTHER = Buffer.from(CONTENT).reverse();
const installedFiles = [path.join(VERSION, ARTIFACT), path.join(VERSION, `${ARTIFACT}.receipt.json`)];

/** Starts a server that has another file than {@link serveEngine}. */
async function serveOther(version?: string) {
	return await serveEngine({ content: OTHER, ...(version === undefined ? {} : { version }) });
}

describe("B14 B21 an installed file", () => {
	test("is executable, and has nothing beside it but its receipt", async () => {
		await using here = await downloads();
		await using server = await serveEngine();
		await here.download({ releasesEndpoint: `${server.url}//` });
		expect(await here.files()).toEqual(installedFiles);
		const { mode, mtimeMs } = await stat(here.target);
		if (process.platform !== "win32") expect(mode & 0o777).toBe(0o755);
		expect(JSON.parse(await readFile(`${here.target}.receipt.json`, "utf8"))).toEqual({
			format: 1,
			sha256: SHA256,
			sizeBytes: CONTENT.length,
			mtimeSeconds: Math.floor(mtimeMs / 1000),
			url: `${server.url}/rivet/${VERSION}/engine/${ARTIFACT}`,
			installedAt: expect.stringMatching(/^\d{4}-/),
			engineVersion: null,
		});
	});

	test("that has lost the right to be executed, as in an archive, gets it back", async () => {
		await using here = await downloads();
		await using server = await serveEngine();
		await here.download({ releasesEndpoint: server.url });
		await chmod(here.target, 0o644);
		expect((await here.download({ releasesEndpoint: server.url })).source).toBe("cache");
		if (process.platform !== "win32") expect((await stat(here.target)).mode & 0o777).toBe(0o755);
	});

	test("needs no request at the next download", async () => {
		await using here = await downloads();
		await using server = await serveEngine();
		const first = await here.download({ releasesEndpoint: server.url });
		const asked = server.requests.length;
		expect(await here.download({ releasesEndpoint: server.url })).toEqual({ ...first, source: "cache" });
		expect(await here.download({ releasesEndpoint: server.url, sha256: SHA256 })).toEqual({
			...first,
			source: "cache",
		});
		expect(server.requests).toHaveLength(asked);
	});

	test("is replaced if the caller gives the digest of another file", async () => {
		await using here = await downloads();
		await using server = await serveEngine();
		await using other = await serveOther();
		await here.download({ releasesEndpoint: server.url });
		const result = await here.download({ releasesEndpoint: other.url, sha256: sha256Of(OTHER) });
		expect(result.source).toBe("download");
		expect(OTHER.equals(await here.installed())).toBe(true);
		expect(await here.files()).toEqual(installedFiles);
	});

	test("stays if that other file is not available", async () => {
		await using here = await downloads();
		await using server = await serveEngine();
		await here.download({ releasesEndpoint: server.url });
		await expectEngineError(
			here.download({ releasesEndpoint: server.url, sha256: sha256Of(OTHER) }),
			"checksum_mismatch",
		);
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect((await here.download({ releasesEndpoint: server.url })).source).toBe("cache");
	});

	test("that was altered is moved aside, one at a time, and fetched again", async () => {
		await using here = await downloads();
		await using server = await serveEngine();
		const logger = recordingLogger();
		await here.download({ releasesEndpoint: server.url });
		for (const addition of ["first", "second"]) {
			await appendFile(here.target, addition);
			const result = await here.download({ releasesEndpoint: server.url, logger });
			expect(result.source).toBe("download");
			expect(CONTENT.equals(await here.installed())).toBe(true);
			const aside = await readFile(`${here.target}.altered`);
			expect(aside.equals(Buffer.concat([CONTENT, Buffer.from(addition)]))).toBe(true);
		}
		expect(logger.messages("warn")).toEqual(
			[1, 2].map(() => "an engine binary has changed since it was installed"),
		);
		expect(await here.files()).toEqual([path.join(VERSION, `${ARTIFACT}.altered`), ...installedFiles].sort());
	});

	test("that was altered without a change of its size is recognised by its mtime", async () => {
		await using here = await downloads();
		await using server = await serveEngine();
		await here.download({ releasesEndpoint: server.url });
		await writeFile(here.target, OTHER);
		await utimes(here.target, 1_600_000_000, 1_600_000_000);
		expect((await here.download({ releasesEndpoint: server.url })).source).toBe("download");
		expect(CONTENT.equals(await here.installed())).toBe(true);
	});

	test("that was altered is moved aside by two calls at once", async () => {
		await using here = await downloads();
		await using server = await serveEngine();
		await here.download({ releasesEndpoint: server.url });
		await appendFile(here.target, "!");
		// These calls do not share a download: one asks for the file of the release, the other for a digest.
		await Promise.all([
			here.download({ releasesEndpoint: server.url }),
			here.download({ releasesEndpoint: server.url, sha256: SHA256 }),
		]);
		expect(CONTENT.equals(await here.installed())).toBe(true);
	});
});

describe("B14 a file that another tool has written", () => {
	test("is adopted if it is the file of the release: only the manifest is fetched", async () => {
		await using here = await downloads();
		await using server = await serveEngine();
		await mkdir(path.dirname(here.target), { recursive: true });
		await writeFile(here.target, CONTENT, { mode: 0o644 });
		const result = await here.download({ releasesEndpoint: server.url });
		expect(result).toEqual({
			path: here.target,
			sha256: SHA256,
			sizeBytes: CONTENT.length,
			source: "cache",
		});
		expect(askedOf(server)).toEqual(["SHA256SUMS"]);
		expect(await here.files()).toEqual(installedFiles);
		// rivetkit sets the mode after writing, and may have been killed in between.
		if (process.platform !== "win32") expect((await stat(here.target)).mode & 0o777).toBe(0o755);
		await here.download({ releasesEndpoint: server.url });
		expect(server.requests).toHaveLength(1);
	});

	test("is replaced, with one warning, if it is another file", async () => {
		await using here = await downloads();
		await using server = await serveEngine();
		await mkdir(path.dirname(here.target), { recursive: true });
		await writeFile(here.target, CONTENT.subarray(0, 1_000_000));
		const logger = recordingLogger();
		const result = await here.download({ releasesEndpoint: server.url, logger });
		expect(result.source).toBe("download");
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(logger.messages("warn")).toEqual([
			"an engine binary from another tool differs from the release, and will be replaced",
		]);
	});

	test("stays if the release is not available", async () => {
		await using here = await downloads();
		await using server = await serveEngine({
			faults: [{ path: ARTIFACT, fault: { kind: "flip-bit", offset: 3 } }],
		});
		await mkdir(path.dirname(here.target), { recursive: true });
		await writeFile(here.target, "another tool's");
		await expectEngineError(here.download({ releasesEndpoint: server.url }), "checksum_mismatch");
		expect((await here.installed()).toString()).toBe("another tool's");
	});
});

describe("B14 B21 an obstacle at the target", () => {
	test("that is a folder is path_occupied before any request, and stays", async () => {
		await using here = await downloads();
		await using server = await serveEngine();
		await mkdir(path.join(here.target, "somebody's"), { recursive: true });
		const error = await expectEngineError(here.download({ releasesEndpoint: server.url }), "path_occupied");
		expect(error.message).toBe(`'${here.target}' is a folder, but a file has to be put there.`);
		expect(server.requests).toEqual([]);
		expect(await readdir(here.target)).toEqual(["somebody's"]);
	});

	test("that is a folder with the name of the receipt is path_occupied, and stays", async () => {
		await using here = await downloads();
		await using server = await serveEngine();
		const folder = `${here.target}.receipt.json`;
		await mkdir(folder, { recursive: true });
		const error = await expectEngineError(here.download({ releasesEndpoint: server.url }), "path_occupied");
		expect(error.message).toContain(folder);
		expect(error.metadata.hint).toContain("in the way");
		expect(await readdir(path.dirname(here.target))).toEqual([path.basename(folder)]);
	});

	test("that concerns the receipt only is a warning: the file is installed, and adopted at the next download", async () => {
		await using here = await downloads();
		// The name of the receipt has at most 255 characters, the name of its draft has more.
		const component = "c".repeat(180);
		const artifact = `rivet-${component}-x86_64-unknown-linux-musl`;
		await using server = await serveEngine({ artifact, component });
		const logger = recordingLogger();
		const request = { releasesEndpoint: server.url, component, logger };
		const first = await here.download(request);
		expect(first.source).toBe("download");
		expect(logger.messages("warn")).toEqual(["the receipt of an engine binary could not be written"]);
		expect(await here.download(request)).toEqual({ ...first, source: "cache" });
		expect(askedOf(server).filter((name) => name === artifact)).toHaveLength(1);
	});
});

describe("B17 latest", () => {
	test("is asked for at each call, and replaced if the file has changed", async () => {
		await using here = await downloads("latest");
		const files = releaseFiles({ version: "latest", artifact: ARTIFACT, content: CONTENT });
		await using server = await serveRelease({ files });
		const request = { releasesEndpoint: server.url };
		expect((await here.download(request)).source).toBe("download");
		expect((await here.download(request)).source).toBe("cache");
		expect(askedOf(server)).toEqual(["SHA256SUMS", ARTIFACT, "SHA256SUMS"]);
		Object.assign(files, releaseFiles({ version: "latest", artifact: ARTIFACT, content: OTHER }));
		expect((await here.download(request)).source).toBe("download");
		expect(OTHER.equals(await here.installed())).toBe(true);
		expect(JSON.parse(await readFile(`${here.target}.receipt.json`, "utf8"))).toMatchObject({
			engineVersion: null,
		});
	});

	test("is fetched again if a new file was published between the requests for the manifest and for the file", async () => {
		await using here = await downloads("latest");
		const files = releaseFiles({ version: "latest", artifact: ARTIFACT, content: CONTENT });
		let asked = (): void => {};
		const wasAsked = new Promise<void>((resolve) => {
			asked = resolve;
		});
		const publish = wasAsked.then(() => {
			Object.assign(files, releaseFiles({ version: "latest", artifact: ARTIFACT, content: OTHER }));
		});
		await using server = await serveRelease({
			files,
			faults: [{ path: ARTIFACT, times: 1, fault: { kind: "status", status: 503 } }],
		});
		const download = here.download({
			releasesEndpoint: server.url,
			logger: { ...silentLogger, info: (_, message) => message.includes("tried again") && asked() },
		});
		await publish;
		expect((await download).sha256).toBe(sha256Of(OTHER));
		expect(OTHER.equals(await here.installed())).toBe(true);
		expect(askedOf(server).filter((name) => name === "SHA256SUMS")).toHaveLength(2);
	});

	test("fails if the file is wrong and the manifest has not changed", async () => {
		await using here = await downloads("latest");
		await using server = await serveEngine({
			version: "latest",
			faults: [{ path: ARTIFACT, fault: { kind: "flip-bit", offset: 3 } }],
		});
		await expectEngineError(here.download({ releasesEndpoint: server.url }), "checksum_mismatch");
		expect(askedOf(server)).toEqual(["SHA256SUMS", ARTIFACT, ARTIFACT, "SHA256SUMS"]);
	});

	test("with two digests at once leaves one of the files, with its own receipt", async () => {
		await using here = await downloads("latest");
		await using one = await serveEngine({ version: "latest" });
		await using other = await serveOther("latest");
		await Promise.all([
			here.download({ releasesEndpoint: one.url, sha256: SHA256 }),
			here.download({ releasesEndpoint: other.url, sha256: sha256Of(OTHER) }),
		]);
		const receipt = JSON.parse(await readFile(`${here.target}.receipt.json`, "utf8"));
		expect(receipt).toMatchObject({ sha256: sha256Of(await here.installed()) });
	});

	test("fails if no server can be asked, even if a file is there", async () => {
		await using here = await downloads("latest");
		await using server = await serveEngine({ version: "latest" });
		await here.download({ releasesEndpoint: server.url });
		await server[Symbol.asyncDispose]();
		await expectEngineError(here.download({ releasesEndpoint: server.url }), "download_failed");
	});
});

describe("B17 B18 a request for another", () => {
	test("folder puts the file and its receipt there, and nothing into the cache", async () => {
		await using here = await downloads();
		await using folder = await temporaryFolder();
		await using server = await serveEngine();
		const destination = path.join(folder.path, "new", "bin");
		const result = await here.download({ releasesEndpoint: server.url, destination });
		expect(result.path).toBe(path.join(destination, ARTIFACT));
		expect(CONTENT.equals(await readFile(result.path))).toBe(true);
		expect(await here.files()).toEqual([]);
		expect((await readdir(destination)).sort()).toEqual([ARTIFACT, `${ARTIFACT}.receipt.json`]);
		const before = server.requests.length;
		expect((await here.download({ releasesEndpoint: server.url, destination })).source).toBe("cache");
		expect(server.requests, "the manifest").toHaveLength(before + 1);
	});

	test("version in the same folder does not take the file that is there", async () => {
		await using here = await downloads();
		await using folder = await temporaryFolder();
		await using server = await serveEngine();
		await using other = await serveOther("2.3.20");
		const destination = folder.path;
		await here.download({ releasesEndpoint: server.url, destination });
		const request = { destination, version: "2.3.20" };
		await expectEngineError(here.download({ ...request, releasesEndpoint: server.url }), "version_not_found");
		const result = await here.download({ ...request, releasesEndpoint: other.url });
		expect(result).toMatchObject({ source: "download", sha256: sha256Of(OTHER) });
		expect(OTHER.equals(await readFile(result.path))).toBe(true);
	});

	test.each([
		[{ platform: "linux", arch: "arm64" }, "rivet-engine-aarch64-unknown-linux-musl"],
		[{ platform: "darwin", arch: "arm64" }, "rivet-engine-aarch64-apple-darwin"],
		[{ platform: "win32", arch: "x64" }, "rivet-engine-x86_64-pc-windows-gnu.exe"],
		[{ component: "cli" }, "rivet-cli-x86_64-unknown-linux-musl"],
		[{ version: "4fe2a1b" }, ARTIFACT],
	])("file gets it: %j", async (wanted, artifact) => {
		await using here = await downloads();
		const { component = "engine", version = VERSION } = wanted as { component?: string; version?: string };
		await using server = await serveEngine({ artifact, component, version });
		const result = await here.download({ releasesEndpoint: server.url, ...wanted });
		expect(result.path).toBe(path.join(here.storageRoot, "engine", version, artifact));
		expect(server.requests.at(-1)?.url).toBe(`/rivet/${version}/${component}/${artifact}`);
	});

	test.each([
		[{ platform: "freebsd" }, "unsupported_platform"],
		[{ platform: "win32", arch: "ia32" }, "unsupported_platform"],
		[{ version: "../../etc" }, "invalid_option"],
		[{ component: "../engine" }, "invalid_option"],
		[{ sha256: "abc" }, "invalid_option"],
		[{ releasesEndpoint: [] }, "invalid_option"],
		[{ releasesEndpoint: "ftp://127.0.0.1" }, "invalid_option"],
		[{ storageRoot: undefined }, "invalid_option"],
		[{ destination: "" }, "invalid_option"],
	])("value that is wrong is refused before any request: %j", async (wanted, code) => {
		await using here = await downloads();
		await using server = await serveEngine();
		await expectEngineError(here.download({ releasesEndpoint: server.url, ...wanted }), code);
		expect(server.requests).toEqual([]);
	});
});
