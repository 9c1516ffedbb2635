import {
	appendFileSync,
	chmodSync,
	readFileSync,
	renameSync,
	rmSync,
	utimesSync,
	writeFileSync,
} from "node:fs";
import { receiptPath, writeReceipt } from "@rivetkit/engine-core/receipt";
import {
	realEnginePath,
	realEngineVersion,
	recordingLogger,
	type TemporaryFolder,
	temporaryFolder,
} from "@rivetkit/engine-testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type FileWait, resolveEnginePath } from "../src/index.ts";
import { type Clock, systemClock } from "../src/settle/clock.ts";
import type { ResolverSettings } from "../src/source.ts";
import { cacheSource } from "../src/sources/cache-source.ts";
import { type ManualClock, manualClock } from "./manual-clock.ts";
import { addCached, addReceipt, cachePathOf, configured, elfFile, setMtime, versionScript } from "./trees.ts";

const ADOPTED = "using an engine binary from the cache unverified";
const WAITING = "waiting for another program to finish writing the engine binary";

describe.runIf(process.platform === "linux")("B14 a cached file that another program may be writing", () => {
	let folder: TemporaryFolder;
	let configuration: ResolverSettings;
	let logger: ReturnType<typeof recordingLogger>;
	let waits: FileWait[];

	beforeEach(async () => {
		folder = await temporaryFolder();
		configuration = configured(folder.path);
		logger = recordingLogger();
		waits = [];
	});
	afterEach(async () => {
		await folder[Symbol.asyncDispose]();
	});

	/** Asks only the cache, with a clock whose time advances only during pauses. */
	async function ask(clock: ManualClock) {
		const context = { logger, signal: undefined, onWait: (wait: FileWait) => void waits.push(wait) };
		return (await cacheSource(clock)(configuration, context))[0];
	}

	function found(path: string, version: string | undefined) {
		return { kind: "found", binary: { path, source: "cache", version } };
	}

	function declined(reason: string) {
		return { kind: "declined", declined: { source: "cache", reason: expect.stringContaining(reason) } };
	}

	test("is used ten seconds after its last write, and the wait is announced once", async () => {
		const engine = readFileSync(realEnginePath());
		const part = Math.ceil(engine.length / 4);
		const file = await addCached(configuration, engine.subarray(0, part), 0o644);
		const written: number[] = [];
		const clock = manualClock((seconds) => {
			if (written.length === 3) return;
			written.push(seconds);
			appendFileSync(file, engine.subarray(written.length * part, (written.length + 1) * part));
			utimesSync(file, seconds, seconds);
			if (written.length === 3) chmodSync(file, 0o755);
		});
		await setMtime(file, clock.wallMs() / 1000);
		expect(await ask(clock)).toEqual(found(file, realEngineVersion));
		expect(clock.wallMs() / 1000 - (written[2] ?? 0)).toBeCloseTo(10, 1);
		expect(waits).toEqual([{ path: file, reason: expect.stringContaining("within the last 10 s") }]);
		expect(logger.messages("info")).toEqual([WAITING, ADOPTED]);
	});

	test("that is old is looked at a second time, without an announcement", async () => {
		const file = await addCached(configuration, versionScript("7.3.0"));
		const clock = manualClock();
		expect(await ask(clock)).toEqual(found(file, "7.3.0"));
		expect(clock.pauses).toEqual([50]);
		expect(waits).toEqual([]);
		expect(logger.messages()).toEqual([ADOPTED]);
	});

	test("with an mtime in the future is used after ten seconds without a change", async () => {
		const file = await addCached(configuration, versionScript("7.3.1"));
		const clock = manualClock();
		await setMtime(file, clock.wallMs() / 1000 + 1_000_000);
		expect(await ask(clock)).toEqual(found(file, "7.3.1"));
		expect(clock.pauses.reduce((sum, pause) => sum + pause)).toBe(10_000);
	});

	test("that is incomplete declines as truncated, after the wait", async () => {
		const file = await addCached(configuration, elfFile(1000).subarray(0, 500));
		const clock = manualClock();
		await setMtime(file, clock.wallMs() / 1000);
		expect(await ask(clock)).toEqual(declined("it is truncated: it has 500 bytes of at least 1000"));
		expect(waits).toHaveLength(1);
	});

	test("is used at once when a verified file replaces it", async () => {
		const file = await addCached(configuration, versionScript("7.3.2"));
		const verified = await addCached({ ...configuration, version: "other" }, versionScript("7.3.3"));
		await addReceipt(verified, "7.3.3");
		const clock = manualClock(() => {
			renameSync(verified, file);
			renameSync(receiptPath(verified), receiptPath(file));
		});
		await setMtime(file, clock.wallMs() / 1000);
		expect(await ask(clock)).toEqual(found(file, "7.3.3"));
		expect(clock.pauses).toHaveLength(1);
		expect(logger.messages()).toEqual([WAITING]);
	});

	test("declines when it is removed", async () => {
		const file = await addCached(configuration, versionScript("7.3.4"));
		const clock = manualClock(() => rmSync(file));
		expect(await ask(clock)).toEqual(declined("does not exist"));
	});

	test("is checked again when it is replaced while it is asked for its version", async () => {
		const file = cachePathOf(configuration);
		const next = `${folder.path}/next`;
		await addCached(configuration, versionScript("7.3.5", `mv '${next}' '${file}'`));
		writeFileSync(next, versionScript("7.3.6"));
		chmodSync(next, 0o755);
		expect(await ask(manualClock())).toEqual(found(file, "7.3.6"));
		expect(logger.entries).toMatchObject([{ message: WAITING }, { fields: { version: "7.3.6" } }]);
	});

	test.each([true, false])(
		"declines when it is removed during the question for its version (receipt: %s)",
		async (has) => {
			const file = cachePathOf(configuration);
			await addCached(configuration, versionScript("7.3.7", `rm '${file}'`));
			if (has) await addReceipt(file, null);
			expect(await ask(manualClock())).toEqual(declined("does not exist"));
		},
	);

	test("is waited for by several calls at once", async () => {
		const file = await addCached(configuration, versionScript("7.3.8"));
		await setMtime(file, Date.now() / 1000);
		const answers = Array.from({ length: 3 }, () => ask(manualClock()));
		for (const answer of await Promise.all(answers)) expect(answer).toEqual(found(file, "7.3.8"));
		expect(waits).toHaveLength(3);
	});

	test("B16 an abort ends the wait with its reason", async () => {
		const file = await addCached(configuration, versionScript("7.3.9"));
		await setMtime(file, Date.now() / 1000);
		const controller = new AbortController();
		const reason = new Error("enough");
		const onWait = (wait: FileWait) => {
			waits.push(wait);
			controller.abort(reason);
		};
		const resolving = resolveEnginePath(configuration, { onWait, signal: controller.signal });
		await expect(resolving).rejects.toBe(reason);
		expect(waits).toMatchObject([{ path: file }]);
	});

	test("an abort ends a pause, however long that is", async () => {
		const file = await addCached(configuration, versionScript("7.3.9"));
		await setMtime(file, Date.now() / 1000);
		const hour = 3_600_000;
		const clock: Clock = { ...systemClock, pause: (_, signal) => systemClock.pause(hour, signal) };
		const controller = new AbortController();
		const { signal } = controller;
		const reason = new Error("enough");
		const onWait = () => void setImmediate(() => controller.abort(reason));
		await expect(cacheSource(clock)(configuration, { logger, onWait, signal })).rejects.toBe(reason);
	});

	test("B16 is waited for with the machine's real clock, until it has a receipt", async () => {
		const file = await addCached(configuration, versionScript("7.4.0"));
		await setMtime(file, Date.now() / 1000);
		const written: Promise<unknown>[] = [];
		const onWait = () => {
			written.push(writeReceipt(file, { sha256: "00".repeat(32), url: "", engineVersion: "7.4.1" }));
		};
		expect(await resolveEnginePath(configuration, { onWait })).toMatchObject({
			path: file,
			version: "7.4.1",
		});
		expect(written).toHaveLength(1);
	});
});
