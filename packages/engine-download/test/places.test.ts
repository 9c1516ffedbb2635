import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expectEngineError, recordingLogger, releaseFiles, temporaryFolder } from "@rivetkit/engine-testkit";
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

async function writeRelease(folder: string, content = CONTENT): Promise<void> {
	const files = releaseFiles({ version: VERSION, artifact: ARTIFACT, content: CONTENT });
	for (const [name, file] of Object.entries(files)) {
		await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
		await writeFile(path.join(folder, name), name.endsWith(ARTIFACT) ? content : (file as Buffer));
	}
}

const placeOf = (folder: string, name: string): string => path.join(folder, "rivet", VERSION, "engine", name);

describe("B23 a folder in the layout of a release server", () => {
	test.each([
		["a path", (folder: string) => folder],
		["a file URL", (folder: string) => pathToFileURL(folder).href],
		["a path with a slash at its end", (folder: string) => `${folder}/`],
	])("may be named by %s", async (_, name) => {
		await using here = await downloads();
		await using mirror = await temporaryFolder();
		await writeRelease(mirror.path);
		const result = await here.download({ releasesEndpoint: name(mirror.path) });
		expect(result).toEqual({
			path: here.target,
			sha256: SHA256,
			sizeBytes: CONTENT.length,
			source: "download",
		});
		expect(CONTENT.equals(await here.installed())).toBe(true);
	});

	test("gives all of the file, also after a server has given a part of it", async () => {
		await using here = await downloads();
		await using mirror = await temporaryFolder();
		await writeRelease(mirror.path);
		await using server = await serveEngine({
			faults: [
				{ path: ARTIFACT, times: 1, fault: { kind: "cut", afterBytes: 700_000 } },
				{ path: ARTIFACT, fault: { kind: "status", status: 403 } },
			],
		});
		const logger = recordingLogger();
		await here.download({ releasesEndpoint: [server.url, mirror.path], sha256: SHA256, logger });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(logger.messages("warn")).toEqual([]);
	});

	test("is refused at once if it has a folder in the place of a file", async () => {
		await using here = await downloads();
		await using mirror = await temporaryFolder();
		await writeRelease(mirror.path);
		await rm(placeOf(mirror.path, ARTIFACT));
		await mkdir(placeOf(mirror.path, ARTIFACT));
		const error = await expectEngineError(
			here.download({ releasesEndpoint: mirror.path }),
			"download_failed",
		);
		expect(error.message).toContain("it is not a regular file");
	});

	test("without the manifest does not have the version, and the error has no HTTP status", async () => {
		await using here = await downloads();
		await using mirror = await temporaryFolder();
		const { message, metadata } = await expectEngineError(
			here.download({ releasesEndpoint: mirror.path }),
			"version_not_found",
		);
		expect(metadata["url"]).toBe(placeOf(mirror.path, "SHA256SUMS"));
		expect(message).toContain("there is no such file");
	});

	test("without the file leads to an error with the path of the file", async () => {
		await using here = await downloads();
		await using mirror = await temporaryFolder();
		await writeRelease(mirror.path);
		await rm(placeOf(mirror.path, ARTIFACT));
		const { message } = await expectEngineError(
			here.download({ releasesEndpoint: mirror.path }),
			"download_failed",
		);
		expect(message).toContain(`'${placeOf(mirror.path, ARTIFACT)}': there is no such file`);
		expect(await here.files()).toEqual([]);
	});

	test.each<[string, (file: string) => Promise<unknown>]>([
		["is a folder", async (file) => [await rm(file), await mkdir(file)]],
		[
			"may not be read",
			async (file) => {
				if (process.getuid?.() === 0) await rm(file).then(() => mkdir(file));
				else await chmod(file, 0);
			},
		],
	])("in which the file %s leads to the next place", async (_, spoil) => {
		await using here = await downloads();
		await using mirror = await temporaryFolder();
		await using next = await temporaryFolder();
		await writeRelease(mirror.path);
		await writeRelease(next.path);
		await spoil(placeOf(mirror.path, ARTIFACT));
		await here.download({ releasesEndpoint: [mirror.path, next.path] });
		expect(CONTENT.equals(await here.installed())).toBe(true);
	});

	test("is verified like a server", async () => {
		await using here = await downloads();
		await using mirror = await temporaryFolder();
		await writeRelease(mirror.path, Buffer.from(CONTENT).reverse());
		await expectEngineError(here.download({ releasesEndpoint: mirror.path }), "checksum_mismatch");
		expect(await here.files()).toEqual([]);
	});

	test("may come before a server and after one", async () => {
		await using here = await downloads();
		await using mirror = await temporaryFolder();
		await writeRelease(mirror.path);
		await rm(placeOf(mirror.path, ARTIFACT));
		await using server = await serveEngine({
			faults: [
				{ path: ARTIFACT, times: 1, fault: { kind: "cut", afterBytes: 900_000 } },
				{ path: ARTIFACT, fault: { kind: "status", status: 403 } },
			],
		});
		await using whole = await temporaryFolder();
		await writeRelease(whole.path);
		await here.download({ releasesEndpoint: [mirror.path, server.url, whole.path] });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(askedOf(server)).toEqual([ARTIFACT, `${ARTIFACT} bytes=900000-`]);
	});
});
