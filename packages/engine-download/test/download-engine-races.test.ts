import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import {
	mkdir,
	open,
	readdir,
	readFile,
	readlink,
	rename,
	rm,
	stat,
	truncate,
	writeFile,
} from "node:fs/promises";
import path from "node:path";
import { receiptPath, writeReceipt } from "@rivetkit/engine-core/receipt";
import { type Fault, processGone, recordingLogger } from "@rivetkit/engine-testkit";
import { describe, expect, test, vi } from "vitest";
import { downloadEngineWith } from "../src/download-engine.ts";
import { downloadEngine, pruneEngines } from "../src/index.ts";
import { systemTransfer } from "../src/transfer-context.ts";
import {
	artifact,
	type Depot,
	type Downloader,
	depot,
	faultOnce,
	gate,
	isFull,
	isIn,
	isWaiting,
	readAgainAndAgain,
	runDownloader,
	untilStopped,
} from "./process-downloads.ts";

const MIB = 1024 * 1024;
const LIMIT_MS = isFull ? 600_000 : 60_000;

describe("B23 processes that download one file at the same time", { timeout: LIMIT_MS }, () => {
	test("fetch it once, and the waiting ones see its progress", async () => {
		const [first, second] = [gate(), gate()];
		await using place = await depot(4 * MIB, [
			[
				{ kind: "hold", afterBytes: MIB, until: first.opened },
				{ kind: "hold", afterBytes: 2 * MIB, until: second.opened },
			],
		]);
		await using processes = downloaders(place, isFull ? 32 : 4);
		const waitingAt = (bytes: number) => async (one: Downloader) => {
			const line = await one.until(
				(said) => isIn("downloading")(said) || (isWaiting(said) && said.receivedBytes === bytes),
			);
			return isIn("waiting")(line);
		};
		const areWaiting = await Promise.all(processes.all.map(waitingAt(MIB)));
		const waiters = processes.all.filter((_, index) => areWaiting[index]);
		expect(waiters, "all but one wait").toHaveLength(processes.all.length - 1);
		first.open();
		await Promise.all(waiters.map(waitingAt(2 * MIB)));
		second.open();

		const outcomes = await Promise.all(processes.all.map(({ outcome }) => outcome));
		const expected = { kind: "done", path: place.target, sha256: place.sha256, sizeBytes: 4 * MIB };
		for (const outcome of outcomes) expect(outcome).toMatchObject(expected);
		const sources = outcomes.map((outcome) => outcome.kind === "done" && outcome.source);
		expect(sources.filter((source) => source !== "cache")).toEqual(["download"]);
		expect(place.server.bytesSent).toBeLessThanOrEqual(1.05 * 4 * MIB);
		for (const { lines } of waiters) {
			const seen = lines.filter(isWaiting).map(({ receivedBytes }) => receivedBytes);
			expect(seen).toEqual(seen.toSorted((left, right) => left - right));
			expect(lines.some(isIn("downloading"))).toBe(false);
		}
		expect(await place.partials()).toEqual([]);
	});

	test("fetch it once even if the first one is killed: another one continues its partial", async () => {
		await using place = await depot(4 * MIB, [{ kind: "stall", afterBytes: MIB }]);
		await using reader = readAgainAndAgain(place.target, place.content);
		await using processes = downloaders(place, 4);
		const roles = await Promise.all(
			processes.all.map((one) =>
				one.until((line) => isIn("downloading")(line) || (isWaiting(line) && line.receivedBytes === MIB)),
			),
		);
		await partialOf(place, MIB);
		const holder = processes.all[roles.findIndex(isIn("downloading"))];
		holder?.kill("SIGKILL");
		const outcomes = await Promise.all(processes.all.map(({ outcome }) => outcome));
		expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["done", "done", "done", "gone"]);
		expect(place.ranges()).toEqual([undefined, `bytes=${MIB}-`]);
		expect(reader.wrong).toEqual([]);
		expect(await place.partials()).toEqual([]);
	});
});

describe("B21 B23 a download that is killed", { timeout: LIMIT_MS }, () => {
	test.each<[string, number, KillMoment]>([
		["in the body", isFull ? 15 : 1, "in the body"],
		["at any time", isFull ? 20 : 1, "at any time"],
		["while it is installed", isFull ? 15 : 1, "while it is installed"],
	])(
		"%s leaves the right file or none, and a partial that the next one continues",
		async (_, rounds, moment) => {
			for (let round = 0; round < rounds; round++) await killAndGoOn(moment, `round ${round}`);
		},
	);
});

describe("B17 B21 a download of `latest` that is killed while it replaces the old file", {
	timeout: LIMIT_MS,
}, () => {
	test("leaves all of the old file or all of the new one, which is not taken for an altered one", async () => {
		for (let round = 0; round < (isFull ? 15 : 1); round++) {
			await using place = await depot(2 * MIB, [], "latest");
			expect(await downloadEngine(place.request)).toMatchObject({ source: "download" });
			const old = place.content;
			place.publish(randomBytes(MIB));
			await using reader = readAgainAndAgain(place.target, old, place.content);
			const { ino } = await stat(place.target);
			await using doomed = runDownloader(place.request);
			await doomed.until(isIn("installing"));
			untilReplaced(place.target, ino);
			await kill(doomed);
			await using next = runDownloader(place.request);
			expect(await next.outcome).toMatchObject({ kind: "done", path: place.target, sizeBytes: MIB });
			expect(await isThere(`${place.target}.altered`)).toBe(false);
			expect(await place.installed()).toEqual({ isRight: true, mode: 0o755, verified: place.sha256 });
			expect(reader.wrong).toEqual([]);
		}
	});
});

describe("B21 a file that is verified but cannot be installed", { timeout: LIMIT_MS }, () => {
	test("is kept, and put there without being fetched again", async () => {
		await using place = await depot(MIB);
		const folder = path.dirname(place.target);
		await mkdir(path.dirname(folder), { recursive: true });
		await writeFile(folder, "in its way");
		await using first = runDownloader(place.request);
		expect(await first.outcome).toMatchObject({ kind: "failed", code: "path_occupied" });
		expect(await partialBytes(place)).toEqual([MIB]);
		await rm(folder);
		await using second = runDownloader(place.request);
		expect(await second.outcome).toMatchObject({ kind: "done", path: place.target });
		expect(place.ranges()).toEqual([undefined]);
		await expectInPlace(place);
	});
});

describe("B23 a lock that does not hold", { timeout: LIMIT_MS }, () => {
	test("because its folder was deleted lets two processes fetch the file, and both succeed", async () => {
		const hold = gate();
		await using place = await depot(3 * MIB, [{ kind: "hold", afterBytes: MIB, until: hold.opened }]);
		await using reader = readAgainAndAgain(place.target, place.content);
		await using holder = runDownloader(place.request);
		await partialOf(place, MIB);
		await rm(lockOf(place), { recursive: true });
		await using other = runDownloader(place.request);
		expect(await other.outcome).toMatchObject({ kind: "done", source: "download" });
		hold.open();
		expect(await holder.outcome).toMatchObject({ kind: "done", source: "download", path: place.target });
		expect(place.ranges(), "nobody adopts what a living process writes").toEqual([undefined, undefined]);
		await expectInPlace(place);
		expect(reader.wrong).toEqual([]);
		expect(reader.right).toBeGreaterThan(0);
	});

	test.runIf(process.platform === "linux")(
		"lets a process be stopped before it writes its receipt, which does not vouch for the file of another process",
		async () => {
			await using place = await depot(2 * MIB, [], "latest");
			await mkdir(place.partialFolder, { recursive: true });
			await writeFile(lockOf(place), "not a lock");
			await using first = runDownloader(place.request);
			await first.until(isIn("installing"));
			untilReplaced(place.target, undefined);
			first.kill("SIGSTOP");
			await untilStopped(first.pid);
			const { sha256 } = place;
			place.publish(randomBytes(MIB));
			const second = await downloadEngine(place.request);
			expect(second).toMatchObject({ source: "download", sha256: place.sha256 });
			first.kill("SIGCONT");
			await first.outcome;
			const { isRight, verified } = await place.installed();
			expect(isRight).toBe(true);
			expect(verified).not.toBe(sha256);
			expect(await downloadEngine(place.request)).toMatchObject({ sha256: place.sha256 });
			expect(await place.installed()).toMatchObject({ isRight: true, verified: place.sha256 });
		},
	);

	test("because a file is in its place lets two processes write at once, and both succeed", async () => {
		const hold = gate();
		const held: Fault = { kind: "hold", afterBytes: MIB, until: hold.opened };
		await using place = await depot(3 * MIB, [held, held]);
		await using reader = readAgainAndAgain(place.target, place.content);
		// The first process creates the folder.
		await using first = runDownloader(place.request);
		await partialOf(place, MIB);
		await rm(lockOf(place), { recursive: true });
		await writeFile(lockOf(place), "not a lock");
		await using second = runDownloader(place.request);
		await partialOf(place, MIB, 2);
		hold.open();
		for (const one of [first, second]) {
			expect(await one.outcome).toMatchObject({ kind: "done", source: "download", path: place.target });
		}
		const message = "the download lock could not be taken; downloading without it";
		expect(second.lines).toContainEqual({ kind: "logged", message });
		await expectInPlace(place);
		expect(reader.wrong).toEqual([]);
	});

	test("leaves two partials if both writers are killed: the next process continues the larger and removes the other", async () => {
		await using place = await depot(3 * MIB, [
			{ kind: "stall", afterBytes: MIB },
			{ kind: "stall", afterBytes: 2 * MIB },
		]);
		await using first = runDownloader(place.request);
		await partialOf(place, MIB);
		await rm(lockOf(place), { recursive: true });
		await using second = runDownloader(place.request);
		await vi.waitUntil(async () => (await partialBytes(place)).includes(2 * MIB), { timeout: 30_000 });
		await Promise.all([first, second].map(kill));
		await using next = runDownloader(place.request);
		expect(await next.outcome).toMatchObject({ kind: "done", source: "download" });
		expect(place.ranges()).toEqual([undefined, undefined, `bytes=${2 * MIB}-`]);
		await expectInPlace(place);
	});

	test.runIf(process.platform === "linux")(
		"because its holder has stopped lets the next process go on without it, and the holder when it continues",
		async () => {
			const hold = gate();
			await using place = await depot(3 * MIB, [{ kind: "hold", afterBytes: MIB, until: hold.opened }]);
			await using reader = readAgainAndAgain(place.target, place.content);
			await using holder = runDownloader(place.request);
			await partialOf(place, MIB);
			holder.kill("SIGSTOP");
			await untilStopped(holder.pid);
			const logger = recordingLogger();
			const settings = { ...systemTransfer, limits: { ...systemTransfer.limits, lockMs: 300 } };
			const result = await downloadEngineWith({ ...place.request, logger }, settings);
			expect(result).toMatchObject({ source: "download", path: place.target });
			expect(logger.messages("warn")).toContain(
				"the download lock could not be taken; downloading without it",
			);
			expect(place.ranges(), "what a stopped process writes is still its own").toEqual([
				undefined,
				undefined,
			]);
			hold.open();
			holder.kill("SIGCONT");
			expect(await holder.outcome).toMatchObject({ kind: "done", path: place.target });
			await expectInPlace(place);
			expect(reader.wrong).toEqual([]);
		},
	);
});

describe.runIf(process.platform === "linux")(
	"B23 a process that waits for a stopped one",
	{
		timeout: LIMIT_MS,
	},
	() => {
		test("takes the file that another tool writes, without waiting for the time limit of the lock", async () => {
			await using place = await depot(2 * MIB, [{ kind: "stall", afterBytes: MIB }]);
			await using holder = runDownloader(place.request);
			await partialOf(place, MIB);
			holder.kill("SIGSTOP");
			await untilStopped(holder.pid);
			await using waiter = runDownloader(place.request);
			await waiter.until(isWaiting);
			// Another tool would take no lock, either.
			await mkdir(path.dirname(place.target), { recursive: true });
			await writeFile(`${place.target}.new`, place.content, { mode: 0o755 });
			await rename(`${place.target}.new`, place.target);
			await writeReceipt(place.target, { sha256: place.sha256, url: "", engineVersion: null });
			expect(await waiter.outcome).toMatchObject({ kind: "done", source: "cache", path: place.target });
			expect(place.ranges()).toEqual([undefined]);
		});
	},
);

describe.runIf(process.platform === "linux")(
	"B14 B23 a process that is slow to hash a file at the target",
	{
		timeout: LIMIT_MS,
	},
	() => {
		test("does not vouch for a file that changes meanwhile", async () => {
			await using place = await depot(1);
			const sizeBytes = 200 * MIB;
			place.publish(Buffer.alloc(sizeBytes));
			place.faults.push({ path: artifact, fault: { kind: "status", status: 403 } });
			await mkdir(path.dirname(place.target), { recursive: true });
			await writeFile(place.target, "");
			await truncate(place.target, sizeBytes);
			await using slow = runDownloader(place.request);
			await vi.waitUntil(() => hasOpen(slow.pid, place.target), { timeout: 30_000, interval: 2 });
			slow.kill("SIGSTOP");
			await untilStopped(slow.pid);
			expect(await hasOpen(slow.pid, place.target), "it still hashes").toBe(true);
			// Changes a byte that was hashed already: the digest will be the right one, but the file is wrong.
			await using other = await open(place.target, "r+");
			await other.write("x", 0);
			slow.kill("SIGCONT");
			expect(await slow.outcome).toMatchObject({ kind: "failed", code: "download_failed" });
			expect(await isThere(receiptPath(place.target))).toBe(false);
		});

		test("does not move aside the file that another process has installed meanwhile", async () => {
			await using place = await depot(MIB);
			await downloadEngine(place.request);
			// The file is altered, and large enough that its hash takes a while.
			const sizeBytes = 320 * MIB;
			const receipt = JSON.parse(await readFile(receiptPath(place.target), "utf8"));
			await truncate(place.target, sizeBytes);
			await writeFile(receiptPath(place.target), JSON.stringify({ ...receipt, sizeBytes, mtimeSeconds: 1 }));
			await using slow = runDownloader(place.request);
			await vi.waitUntil(() => hasOpen(slow.pid, place.target), { timeout: 30_000, interval: 2 });
			slow.kill("SIGSTOP");
			await untilStopped(slow.pid);
			expect(await hasOpen(slow.pid, place.target), "it still hashes").toBe(true);
			expect(await downloadEngine(place.request)).toMatchObject({ source: "download" });
			slow.kill("SIGCONT");
			expect(await slow.outcome).toMatchObject({ kind: "done", source: "cache", path: place.target });
			expect((await stat(`${place.target}.altered`)).size).toBe(sizeBytes);
			await expectInPlace(place);
		});
	},
);

/** Returns whether a process has a file open now. */
async function hasOpen(pid: number, file: string): Promise<boolean> {
	const folder = `/proc/${pid}/fd`;
	const links = (await readdir(folder)).map((name) => readlink(path.join(folder, name)).catch(() => ""));
	return (await Promise.all(links)).includes(file);
}

type KillMoment = "in the body" | "at any time" | "while it is installed";

/** A range for the moment of a kill, in milliseconds: roughly as long as a download takes here. */
const WHOLE_MS = 900;

async function killAndGoOn(moment: KillMoment, round: string): Promise<void> {
	await using place = await depot(2 * MIB);
	await using reader = readAgainAndAgain(place.target, place.content);
	for (
		let kills = isFull ? 1 + Math.floor(Math.random() * 3) : 1;
		kills > 0 && !(await isThere(place.target));
		kills--
	) {
		await killOnce(place, moment);
	}
	const isInstalled = await isThere(place.target);
	const asked = place.ranges().length;
	const left = await partialBytes(place);
	place.faults.length = 0;
	await using next = runDownloader(place.request);
	expect(await next.outcome, round).toMatchObject({
		kind: "done",
		source: isInstalled ? "cache" : "download",
		path: place.target,
		sha256: place.sha256,
	});
	const range = (left[0] ?? 0) > 0 ? `bytes=${left[0]}-` : undefined;
	// The partial may have all of the file already; then no request is needed.
	const isWhole = left[0] === place.content.length;
	expect(left.length, `${round}: one partial at most`).toBeLessThanOrEqual(1);
	expect(place.ranges().slice(asked), round).toEqual(isInstalled || isWhole ? [] : [range]);
	expect(reader.wrong, round).toEqual([]);
	// A process that was killed before its last step may leave the record of its partial. Pruning removes it.
	expect((await place.partials()).filter((name) => name.endsWith(".part"))).toEqual([]);
	await pruneEngines({ storageRoot: place.storageRoot, keep: 1 });
	await expectInPlace(place);
}

async function killOnce(place: Depot, moment: KillMoment): Promise<void> {
	const have = (await partialBytes(place))[0] ?? 0;
	const missing = place.content.length - have;
	switch (moment) {
		case "in the body": {
			const more = 1 + Math.floor(Math.random() * (missing - 2));
			place.faults.push(heldAt(more));
			await using doomed = runDownloader(place.request);
			await partialOf(place, have + more);
			await kill(doomed);
			break;
		}
		case "at any time": {
			place.faults.push(faultOnce({ kind: "throttle", bytesPerSecond: 5 * place.content.length }));
			await using doomed = runDownloader(place.request);
			await new Promise((resolve) => setTimeout(resolve, Math.random() * WHOLE_MS));
			await kill(doomed);
			break;
		}
		case "while it is installed": {
			await using doomed = runDownloader(place.request);
			await doomed.until(isIn("installing"));
			if (Math.random() < 0.5) await new Promise((resolve) => setTimeout(resolve, Math.random() * 12));
			else untilReplaced(place.target, undefined);
			await kill(doomed);
		}
	}
}

async function kill(doomed: Downloader): Promise<void> {
	doomed.kill("SIGKILL");
	await processGone(doomed.pid);
}

/**
 * Blocks until a path has another inode than the given one, so that the next statement runs at that moment. Gives up
 * after a second: the file may have been replaced before this call.
 */
function untilReplaced(file: string, inode: number | undefined): void {
	const deadline = performance.now() + 1000;
	while (performance.now() < deadline) {
		if (statSync(file, { throwIfNoEntry: false })?.ino !== inode) return;
	}
}

/** Makes a fault: the next answer stops after some bytes, and stays open. */
function heldAt(afterBytes: number) {
	return faultOnce({ kind: "stall", afterBytes });
}

function lockOf({ partialFolder, request: { version: wanted } }: Depot): string {
	return path.join(partialFolder, `${wanted}.${artifact}.lock`);
}

/** Waits for a number of partials, each of the given size. */
async function partialOf(place: Depot, bytes: number, count = 1): Promise<void> {
	const isThat = async () => {
		const sizes = await partialBytes(place);
		return sizes.length === count && sizes.every((size) => size === bytes);
	};
	await vi.waitUntil(isThat, { timeout: 30_000 });
}

/** Gives the sizes of all partials. */
async function partialBytes({ partials, partialFolder }: Depot): Promise<readonly number[]> {
	const names = (await partials()).filter((name) => name.endsWith(".part"));
	return await Promise.all(
		names.map(async (name) => (await stat(path.join(partialFolder, name)).catch(() => ({ size: -1 }))).size),
	);
}

async function isThere(file: string): Promise<boolean> {
	return await stat(file).then(
		() => true,
		() => false,
	);
}

/** Checks that the right file is in its place with a receipt, and that no partial is left. */
async function expectInPlace(place: Depot): Promise<void> {
	expect(await place.installed()).toEqual({ isRight: true, mode: 0o755, verified: place.sha256 });
	expect(await place.partials()).toEqual([]);
}

function downloaders(place: Depot, count: number): AsyncDisposable & { readonly all: readonly Downloader[] } {
	const all = Array.from({ length: count }, () => runDownloader(place.request));
	return {
		all,
		async [Symbol.asyncDispose]() {
			await Promise.all(all.map((one) => one[Symbol.asyncDispose]()));
		},
	};
}
