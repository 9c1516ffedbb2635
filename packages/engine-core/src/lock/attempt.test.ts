import { chmodSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { recordingLogger } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import {
	deadIdentity,
	heldBy,
	type LockFolder,
	lockFolder,
	ownIdentity,
	withoutRoot,
	zombieIdentity,
} from "../../test/lock-folder.ts";
import type { ProcessIdentity } from "../process/index.ts";
import { type Attempt, attemptLock } from "./attempt.ts";
import { parseRecord } from "./record.ts";

const onLinux = process.platform === "linux";

describe("B25 a lock is taken", () => {
	test("if it was never held; the new file names the owner", async () => {
		await using lock = await lockFolder();
		expect(await attempt(lock)).toMatchObject({ kind: "taken" });
		expect(lock.names()).toEqual(["g1"]);
		expect(parseRecord(lock.read("g1"))).toEqual({
			kind: "held",
			record: {
				format: 1,
				owner: await ownIdentity(),
				nonce: expect.stringMatching(/^[0-9a-f-]{36}$/),
				purpose: "a test",
				createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
			},
		});
	});

	test("if it was released", async () => {
		await using lock = await lockFolder();
		lock.write("g41", "released\n");
		await expectTaken(lock, "g42");
	});

	test("if its owner has ended", async () => {
		await using lock = await lockFolder();
		lock.write("g1", await heldBy(await deadIdentity()));
		await expectTaken(lock, "g2");
	});

	test.runIf(onLinux)("if its owner is a zombie", async () => {
		await using lock = await lockFolder();
		await using zombie = await zombieIdentity();
		lock.write("g1", await heldBy(zombie.identity));
		await expectTaken(lock, "g2");
	});

	test.runIf(onLinux).each<[string, Partial<ProcessIdentity>]>([
		["another process has the owner's pid now", { startTime: "1" }],
		["its owner lived before the machine was started again", { bootId: "before" }],
	])("if %s", async (_, difference) => {
		await using lock = await lockFolder();
		lock.write("g1", await heldBy(difference));
		await expectTaken(lock, "g2");
	});

	test.each(["", "{", "null", "\0\0\0"])(
		"if its file has unusable content, with a warning: %j",
		async (garbage) => {
			await using lock = await lockFolder();
			lock.write("g1", garbage);
			const logger = await expectTaken(lock, "g2");
			expect(logger.messages("warn")).toEqual(["a lock file has unusable content; the lock counts as free"]);
			expect(logger.entries[0]?.fields).toEqual({ path: path.join(lock.path, "g1") });
		},
	);

	test("if a folder is in the place of its file; the folder stays, and a warning is logged", async () => {
		await using lock = await lockFolder();
		mkdirSync(path.join(lock.path, "g7", "not ours"), { recursive: true });
		const logger = await expectTaken(lock, "g8", ["g7"]);
		expect(logger.messages("warn")).toHaveLength(1);
	});

	test("with the highest number, even if lower numbers are held; their files are removed", async () => {
		await using lock = await lockFolder();
		lock.write("g9", await heldBy());
		lock.write("g10", "released\n");
		await expectTaken(lock, "g11");
	});

	test("among unrelated files, which stay", async () => {
		await using lock = await lockFolder();
		const foreign = ["g0", "g01", "g1.txt", "gx", "notes.tmp"];
		for (const name of foreign) lock.write(name, "not ours");
		await expectTaken(lock, "g1", foreign);
	});

	test("and the drafts of dead processes are removed", async () => {
		await using lock = await lockFolder();
		const [dead, alive, torn] = [1, 2, 3].map(() => `${crypto.randomUUID()}.tmp`) as [string, string, string];
		lock.write(dead, await heldBy(await deadIdentity()));
		lock.write(alive, await heldBy());
		lock.write(torn, '{"format":1,');
		lock.write("g4.tmp", "released\n");
		await expectTaken(lock, "g1", [alive]);
	});
});

describe("B25 a lock is occupied", () => {
	test("if its owner is alive", async () => {
		await using lock = await lockFolder();
		lock.write("g1", await heldBy({}, { nonce: "the holder's", purpose: "a start" }));
		expect(await attempt(lock)).toEqual({
			kind: "occupied",
			key: "the holder's",
			holder: {
				identity: await ownIdentity(),
				judgement: "alive",
				purpose: "a start",
				since: "2026-01-02T03:04:05.678Z",
			},
		});
		expect(lock.names()).toEqual(["g1"]);
	});

	test.runIf(onLinux).each<[string, Partial<ProcessIdentity>]>([
		["in another container", { pidNamespace: "pid:[1]" }],
		["on another machine", { machineId: "another", bootId: "another" }],
		["on a platform that did not say when it was started", { startTime: null }],
	])("if its owner is %s, and so cannot be judged", async (_, difference) => {
		await using lock = await lockFolder();
		lock.write("g1", await heldBy({ ...(await deadIdentity()), ...difference }));
		expect(await attempt(lock)).toMatchObject({ kind: "occupied", holder: { judgement: "unknown" } });
		expect(lock.names()).toEqual(["g1"]);
	});

	test("if its file cannot be read for lack of permission", async () => {
		await using lock = await lockFolder();
		lock.write("g1", await heldBy(await deadIdentity()));
		chmodSync(path.join(lock.path, "g1"), 0o000);
		using _ = withoutRoot();
		expect(await attempt(lock)).toEqual({
			kind: "occupied",
			key: "g1",
			holder: { identity: undefined, judgement: "unknown", purpose: "", since: "" },
		});
	});
});

describe("B25 an attempt that comes too late", () => {
	// An attempt looks at the folder before its first `await`, and links only after it.
	test.each<[string, string, string]>([
		["finds a number that is taken", "g5", "g6"],
		["finds a number that was pruned, and withdraws", "g5", "g7"],
		["finds a number that was pruned, in a lock that was new", "", "g2"],
		["finds the folder created again, with a newer lock below its number, and withdraws", "g5", "g1"],
		["finds the folder created again, with the number below its own taken, and withdraws", "g5", "g5"],
	])("%s", async (_, before, meanwhile) => {
		await using lock = await lockFolder();
		const content = await heldBy();
		if (before !== "") lock.write(before, "released\n");
		const attempted = attempt(lock);
		rmSync(path.join(lock.path, before || "nothing"), { force: true });
		lock.write(meanwhile, content);
		expect(await attempted).toEqual({ kind: "retry" });
		expect(lock.names()).toEqual([meanwhile]);
		expect(lock.read(meanwhile)).toBe(content);
	});

	test("finds no folder, and creates it for the next attempt", async () => {
		await using lock = await lockFolder();
		lock.write("g5", "released\n");
		const attempted = attempt(lock);
		rmSync(lock.path, { recursive: true });
		expect(await attempted).toEqual({ kind: "retry" });
		expect(lock.names()).toEqual([]);
		await expectTaken(lock, "g1");
	});

	test("withdraws if the folder is deleted and created again during the attempt; the new holder keeps the lock", async () => {
		await using lock = await lockFolder();
		const younger = await heldBy();
		lock.write("g5", "released\n");
		const attempted = attempt(lock);
		while (!existsSync(path.join(lock.path, "g6"))) await undefined;
		renameSync(lock.path, `${lock.path} of old`);
		mkdirSync(lock.path);
		lock.write("g6", younger);
		expect(await attempted).toEqual({ kind: "retry" });
		expect(lock.names()).toEqual(["g6"]);
		expect(lock.read("g6")).toBe(younger);
	});
});

describe("B25 a lock cannot be taken", () => {
	test("if its folder is a file", async () => {
		await using lock = await lockFolder();
		lock.write("a file", "");
		expect(await attempt(lock, "a file")).toEqual({
			kind: "refused",
			reason: expect.stringContaining("ENOTDIR"),
		});
		expect(await attempt(lock, "a file/below")).toEqual({
			kind: "refused",
			reason: expect.stringContaining("ENOTDIR"),
		});
	});

	test.each([
		["cannot be written", "", 0o555],
		["cannot be read", "", 0o333],
		["cannot be made", "below", 0o555],
	])("if its folder %s", async (_, below, mode) => {
		await using lock = await lockFolder();
		chmodSync(lock.path, mode);
		using _root = withoutRoot();
		expect(await attempt(lock, below)).toEqual({
			kind: "refused",
			reason: expect.stringContaining("EACCES"),
		});
	});

	test("if its numbers are used up, which no machine can live to see", async () => {
		await using lock = await lockFolder();
		lock.write("g999999999999999", "released\n");
		expect(await attempt(lock)).toEqual({ kind: "retry" });
		expect(lock.names()).toEqual(["g999999999999999"]);
	});
});

async function attempt(lock: LockFolder, below = "", logger = recordingLogger()): Promise<Attempt> {
	return await attemptLock(path.join(lock.path, below), { purpose: "a test", logger });
}

/** Takes the lock, and expects nothing in the folder but this generation and `others`. */
async function expectTaken(
	lock: LockFolder,
	generation: string,
	others: readonly string[] = [],
): Promise<ReturnType<typeof recordingLogger>> {
	const logger = recordingLogger();
	expect(await attempt(lock, "", logger)).toMatchObject({
		kind: "taken",
		generation: { file: path.join(lock.path, generation) },
	});
	expect(lock.names()).toEqual([...others, generation].sort());
	return logger;
}
