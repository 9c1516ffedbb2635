import { chmod, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import {
	expectEngineError,
	type Fault,
	releaseFiles,
	serveRelease,
	serveRequests,
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
const SIZE = CONTENT.length;
const MIB = 1024 * 1024;

interface RangeCase {
	readonly name: string;
	/** A fault of every answer. */
	readonly always?: Fault;
	/** A fault of the answer to the first request with a range. */
	readonly ranged?: Fault;
	/** The requests after a cut at this offset. */
	readonly askedAgain: (offset: number) => readonly string[];
	/** The bytes that come again after a cut at this offset; undefined where the answer is thrown away half-way. */
	readonly again: ((offset: number) => number) | undefined;
}

const rest = (offset: number): string => `${ARTIFACT} bytes=${offset}-`;
const none = (): number => 0;
const all = (offset: number): number => offset;

const RANGES: readonly RangeCase[] = [
	{ name: "honoured", askedAgain: (offset) => [rest(offset)], again: none },
	{ name: "ignored", ranged: { kind: "ignore-range" }, askedAgain: (offset) => [rest(offset)], again: all },
	{
		name: "answered with another start",
		ranged: { kind: "wrong-range-start", delta: -1 },
		askedAgain: (offset) => [rest(offset), ARTIFACT],
		again: undefined,
	},
	{
		name: "answered with another total",
		ranged: { kind: "wrong-range-total", delta: 7 },
		askedAgain: (offset) => [rest(offset), ARTIFACT],
		again: undefined,
	},
	{
		name: "answered with 416",
		ranged: { kind: "range-not-satisfiable" },
		askedAgain: (offset) => [rest(offset), ARTIFACT],
		again: undefined,
	},
	{
		name: "honoured without a validator",
		always: { kind: "no-validator" },
		askedAgain: (offset) => [rest(offset)],
		again: none,
	},
	{
		name: "of a file with a new validator",
		always: { kind: "new-validator" },
		askedAgain: (offset) => [rest(offset)],
		again: all,
	},
	{
		name: "of a file with a weak ETag",
		always: { kind: "weak-etag" },
		askedAgain: (offset) => [rest(offset)],
		again: none,
	},
];

const OFFSETS = [0, 1, SIZE / 2, MIB + 1, SIZE - 1];

describe("B22 a body that is cut is continued", () => {
	describe.each(RANGES)("where the range is $name", ({ always, ranged, askedAgain, again }) => {
		test.each(OFFSETS)("after %i bytes", async (offset) => {
			await using here = await downloads();
			const common = always === undefined ? [] : [always];
			await using server = await serveEngine({
				faults: [
					{ path: ARTIFACT, times: 1, fault: [{ kind: "cut", afterBytes: offset }, ...common] },
					...(ranged === undefined ? [] : [{ path: ARTIFACT, times: 1, fault: ranged }]),
					{ path: ARTIFACT, fault: common },
				],
			});
			const result = await here.download({ releasesEndpoint: server.url, sha256: SHA256 });

			expect(result).toEqual({ path: here.target, sha256: SHA256, sizeBytes: SIZE, source: "download" });
			expect(CONTENT.equals(await here.installed())).toBe(true);
			const asked = offset === 0 ? [ARTIFACT] : askedAgain(offset);
			expect(askedOf(server)).toEqual([ARTIFACT, ...asked]);
			if (offset === 0) expect(server.bytesSent).toBe(SIZE);
			else if (again !== undefined) expect(server.bytesSent).toBe(SIZE + again(offset));
			expect(here.waits).toHaveLength(asked.length);
		});
	});
});

describe("B22 the next request", () => {
	test.each<[string, Fault | undefined, RegExp | undefined]>([
		["the ETag", undefined, /^"/],
		["neither a weak ETag nor the date beside it", { kind: "weak-etag" }, undefined],
		["nothing without a validator", { kind: "no-validator" }, undefined],
	])("has in If-Range %s", async (_, fault, expected) => {
		await using here = await downloads();
		const common = fault === undefined ? [] : [fault];
		await using server = await serveEngine({
			faults: [{ path: ARTIFACT, times: 1, fault: [{ kind: "cut", afterBytes: 5000 }, ...common] }],
		});
		await here.download({ releasesEndpoint: server.url, sha256: SHA256 });
		const sent = server.requests.map(({ headers }) => headers["if-range"]);
		expect(sent).toEqual([undefined, expected === undefined ? undefined : expect.stringMatching(expected)]);
	});

	test("asks for the file uncompressed", async () => {
		await using here = await downloads();
		await using server = await serveEngine();
		await here.download({ releasesEndpoint: server.url });
		const encodings = server.requests.map(({ headers }) => headers["accept-encoding"]);
		expect(encodings).toEqual(["identity", "identity"]);
	});

	test("asks a server that sends one part at a time for the next part", async () => {
		await using here = await downloads();
		const part = 600_000;
		await using server = await serveRequests(({ headers }, response) => {
			const first = Number(/\d+/.exec(headers.range ?? "")?.[0] ?? 0);
			const body = CONTENT.subarray(first, first + part);
			if (first === 0) response.writeHead(200, { "content-length": SIZE });
			else response.writeHead(206, { "content-range": `bytes ${first}-${first + body.length - 1}/${SIZE}` });
			response.write(body, () => (first === 0 ? response.destroy() : response.end()));
		});
		await here.download({ releasesEndpoint: server.url, sha256: SHA256 });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(askedOf(server)).toEqual([ARTIFACT, rest(part), rest(2 * part)]);
	});

	test("asks for the missing part only, cut after cut", async () => {
		await using here = await downloads();
		await using server = await serveEngine({
			faults: [{ path: ARTIFACT, times: 4, fault: { kind: "cut", afterBytes: 200_000 } }],
		});
		await here.download({ releasesEndpoint: server.url, sha256: SHA256 });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(askedOf(server)).toEqual([
			ARTIFACT,
			...[200_000, 400_000, 600_000, 800_000].map((offset) => rest(offset)),
		]);
		expect(server.bytesSent).toBe(SIZE);
	});

	test("gets all of a file that was replaced meanwhile, and no part of the old file stays", async () => {
		await using here = await downloads();
		const old = Buffer.from(CONTENT).reverse();
		const files = releaseFiles({ version: VERSION, artifact: ARTIFACT, content: old });
		const place = `rivet/${VERSION}/engine/${ARTIFACT}`;
		let replace = (): void => {};
		const replaced = new Promise<void>((resolve) => {
			replace = resolve;
		});
		await using server = await serveRelease({
			files,
			faults: [
				{
					path: ARTIFACT,
					times: 1,
					fault: [
						{ kind: "hold", afterBytes: 700_000, until: replaced },
						{ kind: "cut", afterBytes: 700_000 },
					],
				},
			],
		});
		const download = here.download({ releasesEndpoint: server.url, sha256: SHA256 });
		await expect.poll(() => server.bytesSent).toBe(700_000);
		files[place] = CONTENT;
		replace();
		await download;
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(askedOf(server)).toEqual([ARTIFACT, rest(700_000)]);
	});

	test("gets nothing more after a body that was complete, though shorter than its length", async () => {
		await using here = await downloads();
		await using server = await serveEngine({
			faults: [{ path: ARTIFACT, times: 1, fault: { kind: "wrong-length", delta: 10 } }],
		});
		await here.download({ releasesEndpoint: server.url, sha256: SHA256 });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(server.bytesSent - SIZE).toBeLessThan(10);
	});

	test("is not repeated for ever where each answer is cut after 1 MiB and no range is served", async () => {
		await using here = await downloads();
		const cut: Fault = { kind: "cut", afterBytes: MIB + 1 };
		await using server = await serveEngine({
			faults: [{ path: ARTIFACT, fault: [cut, { kind: "wrong-range-start", delta: -1 }] }],
		});
		const { metadata } = await expectEngineError(
			here.download({ releasesEndpoint: server.url, sha256: SHA256 }),
			"download_failed",
		);
		expect(metadata["attempts"]).toBeLessThanOrEqual(7);
	});
});

describe("B21 a partial that a download has left behind", () => {
	async function leave(folder: string, content: Buffer): Promise<void> {
		await mkdir(folder, { recursive: true });
		const partial = path.join(folder, `${SHA256}.left.part`);
		await writeFile(partial, content);
		await writeFile(`${partial}.json`, JSON.stringify({ format: 1, owner: null }));
	}

	test.each([
		["its beginning", CONTENT.subarray(0, 900_000), [rest(900_000)]],
		["all of it", CONTENT, []],
		["more than all of it", Buffer.concat([CONTENT, Buffer.from("!")]), [rest(SIZE + 1), ARTIFACT]],
		["something else", Buffer.alloc(900_000), [rest(900_000), ARTIFACT]],
		["nothing", Buffer.alloc(0), [ARTIFACT]],
	])("is continued if it has %s, and is verified with the rest", async (_, content, asked) => {
		await using here = await downloads();
		await leave(here.partialFolder, content);
		await using server = await serveEngine();
		await here.download({ releasesEndpoint: server.url, sha256: SHA256 });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(askedOf(server)).toEqual(asked);
		expect(await here.files()).toEqual([
			path.join(VERSION, ARTIFACT),
			path.join(VERSION, `${ARTIFACT}.receipt.json`),
		]);
	});

	test.runIf(process.platform !== "win32")(
		"is no obstacle if it belongs to another user and cannot be read",
		async () => {
			await using here = await downloads();
			await leave(here.partialFolder, CONTENT.subarray(0, 900_000));
			// Root may read every file, so the download runs as another user then.
			const [name = ""] = await readdir(here.partialFolder);
			await chmod(path.join(here.partialFolder, name), 0o000);
			await using server = await serveEngine();
			const isRoot = process.geteuid?.() === 0;
			if (isRoot) {
				await chmodAll(here.storageRoot);
				process.seteuid?.(65_534);
			}
			try {
				await here.download({ releasesEndpoint: server.url, sha256: SHA256 });
			} finally {
				if (isRoot) process.seteuid?.(0);
			}
			expect(CONTENT.equals(await here.installed())).toBe(true);
			expect(askedOf(server)).toEqual([ARTIFACT]);
			expect(await readdir(here.partialFolder)).not.toContain(name);
		},
	);

	/** Lets everybody write to the folders, but not to the files in them. */
	async function chmodAll(root: string): Promise<void> {
		for (const folder of [
			path.dirname(root),
			root,
			path.join(root, "engine"),
			path.join(root, "engine", ".partial"),
		]) {
			await chmod(folder, 0o777);
		}
	}

	test("does not count as progress of later attempts", async () => {
		await using here = await downloads();
		await leave(here.partialFolder, CONTENT.subarray(0, MIB + 1));
		await using server = await serveEngine({
			faults: [{ path: ARTIFACT, fault: { kind: "status", status: 503 } }],
		});
		const { metadata } = await expectEngineError(
			here.download({ releasesEndpoint: server.url, sha256: SHA256 }),
			"download_failed",
		);
		expect(metadata).toMatchObject({ attempts: 6, receivedBytes: MIB + 1 });
	});

	test("is thrown away if it is longer than the file on the server", async () => {
		await using here = await downloads();
		await leave(here.partialFolder, CONTENT.subarray(0, 900_000));
		await using server = await serveRequests(({ headers }, response) => {
			if (headers.range === undefined) return void response.end(CONTENT);
			response.writeHead(206, { "content-range": "bytes 900000-900009/900010" });
			response.write(CONTENT.subarray(900_000));
			response.end();
		});
		await here.download({ releasesEndpoint: server.url, sha256: SHA256 });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(askedOf(server)).toEqual([rest(900_000), ARTIFACT]);
	});

	test("is not fetched again if it was verified but could not be installed", async () => {
		await using here = await downloads();
		// A file in the place of the folder makes the rename fail on every system, as a running engine does on Windows.
		const folder = path.dirname(here.target);
		await mkdir(path.dirname(folder), { recursive: true });
		await writeFile(folder, "in the way");
		await using server = await serveEngine();
		const request = { releasesEndpoint: server.url, sha256: SHA256 };
		await expectEngineError(here.download(request), "path_occupied");
		await rm(folder);
		await here.download(request);
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(server.bytesSent - SIZE).toBeLessThan(10);
	});
});
