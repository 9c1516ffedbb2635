import { spawnSync } from "node:child_process";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { Fault } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import {
	artifact,
	type Depot,
	type DownloadOutcome,
	depot,
	runDownloader,
	version,
} from "./process-downloads.ts";

const MIB = 1024 * 1024;

/** True if this user may mount a file system in a mount namespace, which takes root on Linux. */
const mayMount = spawnSync("unshare", ["--mount", "true"]).status === 0;
if (!mayMount) console.warn("Skipped: downloads to a full and a read-only disk, which need root on Linux.");

describe("B3 B21 a process without environment variables, even without HOME", () => {
	test("downloads, into a folder with blanks in its path", async () => {
		await using place = await depot(MIB);
		expect(place.storageRoot).toContain(" ");
		await using downloader = runDownloader({ ...place.request, environment: {} });
		expect(await downloader.outcome).toMatchObject({ kind: "done", source: "download", path: place.target });
		expect(await place.installed()).toEqual({ isRight: true, mode: 0o755, verified: place.sha256 });
		await using again = runDownloader(place.request);
		expect(await again.outcome).toMatchObject({ kind: "done", source: "cache", path: place.target });
	});
});

describe.skipIf(!mayMount)("B21 a disk that cannot be written", () => {
	test("because it is read-only leads to an error with the path, before the file is asked for", async () => {
		await using place = await depot(MIB);
		const { first } = await onDisk(place, "ro");
		expect(first).toMatchObject({ kind: "failed", code: "read_only" });
		expect(first.kind === "failed" && first.message).toContain(place.storageRoot);
		expect(first.kind === "failed" && first.metadata).toMatchObject({
			path: expect.stringContaining(place.storageRoot),
			hint: expect.stringContaining("RIVETKIT_STORAGE_PATH"),
		});
		expect(place.ranges()).toEqual([]);
	});

	test("because it is too small for a file of known size leads to an error before anything is written", async () => {
		await using place = await depot(4 * MIB);
		const { first, left, second, after } = await onDisk(place, "size=2m");
		expect(first).toMatchObject({ kind: "failed", code: "no_space" });
		expect(first.kind === "failed" && first.metadata).toMatchObject({
			path: place.partialFolder,
			neededBytes: 4 * MIB,
			hint: expect.stringContaining("RIVETKIT_STORAGE_PATH"),
		});
		expect(left).toEqual([]);
		expect(second).toMatchObject({ kind: "done", source: "download", sha256: place.sha256 });
		expect(after).toEqual(installed);
	});

	test("because it is too small for a file of unknown size leads to an error, and leaves no file that fills it", async () => {
		await using place = await depot(4 * MIB, [{ kind: "no-length" }]);
		const { first, left, second, after } = await onDisk(place, "size=2m");
		expect(first).toMatchObject({ kind: "failed", code: "no_space" });
		expect(first.kind === "failed" && first.message).toContain(place.partialFolder);
		expect(left).toEqual([]);
		// The disk was enlarged, and the same process has tried again.
		expect(second).toMatchObject({ kind: "done", source: "download", sha256: place.sha256 });
		expect(after).toEqual(installed);
	});

	test("because another program fills it meanwhile leads to an error, and leaves no file at the final path", async () => {
		const throttled: Fault = { kind: "throttle", bytesPerSecond: 20 * MIB };
		await using place = await depot(4 * MIB, [throttled]);
		const { first, left } = await onDisk(place, "size=32m", FILL_WHEN_BEGUN);
		expect(first).toMatchObject({ kind: "failed", code: "no_space" });
		expect(left).toEqual(["filler"]);
	});
});

/** The installed files, by their paths below the root of the disk. */
const installed = [artifact, `${artifact}.receipt.json`].map((name) =>
	path.join(".rivetkit", "engine", version, name),
);

/** The outcomes of two downloads on a disk, and the files that each has left, without those of locks. */
interface OnDisk {
	readonly first: DownloadOutcome;
	readonly left: readonly string[];
	readonly second: DownloadOutcome;
	readonly after: readonly string[];
}

const FILL_WHEN_BEGUN = `
	const isBegun = () => files().some((name) => name.endsWith(".part") && fs.statSync(path.join(root, name)).size > 0);
	const filling = setInterval(() => {
		if (!isBegun()) return;
		clearInterval(filling);
		const filler = fs.openSync(path.join(root, "filler"), "w");
		try {
			for (;;) fs.writeSync(filler, Buffer.alloc(4096));
		} catch (error) {
			if (error.code !== "ENOSPC") throw error;
		}
	}, 1);
`;

/** Downloads twice to a disk that no other test uses, and enlarges the disk in between. */
async function onDisk(place: Depot, mountOptions: string, before = ""): Promise<OnDisk> {
	const root = path.dirname(place.storageRoot);
	await mkdir(root, { recursive: true });
	const script = `
		const [fs, path, { execFileSync }] = await Promise.all([
			import("node:fs"), import("node:path"), import("node:child_process"),
		]);
		const root = ${JSON.stringify(root)};
		const files = () => fs.readdirSync(root, { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map((entry) => path.relative(root, path.join(entry.parentPath ?? entry.path, entry.name)))
			.filter((name) => !name.includes(".lock" + path.sep))
			.sort();
		${before}
		const first = await download();
		const left = files();
		if (${mountOptions.startsWith("size=")}) execFileSync("mount", ["-o", "remount,size=64m", root]);
		const second = await download();
		say({ kind: "twice", first, left, second, after: files() });
		process.exit();
	`;
	const shell = 'mount -t tmpfs -o "$1" tmpfs "$2" && shift 2 && exec "$@"';
	const within = ["unshare", "--mount", "sh", "-c", shell, "sh", mountOptions, root];
	await using downloader = runDownloader(place.request, { script, within });
	const twice: unknown = await downloader.outcome;
	expect(twice).toMatchObject({ kind: "twice" });
	return twice as OnDisk;
}
