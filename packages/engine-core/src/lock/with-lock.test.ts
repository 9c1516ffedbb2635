import { renameSync, rmSync } from "node:fs";
import path from "node:path";
import { recordingLogger } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { deadIdentity, heldBy, lockFolder, ownIdentity } from "../../test/lock-folder.ts";
import type { LockHolder } from "./record.ts";
import { type LockState, withLock } from "./with-lock.ts";

const stateOf = async ({ kind }: LockState): Promise<LockState["kind"]> => kind;

describe("B25 a task with a lock", () => {
	test("runs once under the lock, and the result of the task is returned", async () => {
		await using lock = await lockFolder();
		const states: LockState[] = [];
		const result = await withLock(lock.path, async (state) => {
			states.push(state);
			expect(lock.read("g1")).toContain(`"pid":${process.pid},`);
			return "the result";
		});
		expect(result).toBe("the result");
		expect(states).toEqual([{ kind: "held" }]);
		expect(lock.read("g1")).toBe("released\n");
	});

	test("creates the folder of the lock if it is missing", async () => {
		await using lock = await lockFolder();
		const folder = path.join(lock.path, "a", "b c", "lock");
		expect(await withLock(folder, stateOf)).toBe("held");
		expect(await withLock(folder, stateOf)).toBe("held");
	});

	test("releases the lock even if the task fails", async () => {
		await using lock = await lockFolder();
		const failure = new Error("no luck");
		await expect(withLock(lock.path, () => Promise.reject(failure))).rejects.toBe(failure);
		const throwing = (): never => {
			throw failure;
		};
		await expect(withLock(lock.path, throwing)).rejects.toBe(failure);
		expect(lock.names()).toEqual(["g2"]);
		expect(lock.read("g2")).toBe("released\n");
	});

	test("waits for other tasks of the same process", async () => {
		await using lock = await lockFolder();
		let inside = 0;
		const most: number[] = [];
		const tasks = Array.from({ length: 5 }, () =>
			withLock(lock.path, async ({ kind }) => {
				most.push(++inside);
				await new Promise((resolve) => setImmediate(resolve));
				inside--;
				return kind;
			}),
		);
		expect(await Promise.all(tasks)).toEqual(Array(5).fill("held"));
		expect(most).toEqual([1, 1, 1, 1, 1]);
		expect(lock.names()).toEqual(["g5"]);
	});

	test("gets the lock of a killed process without a wait", async () => {
		await using lock = await lockFolder();
		lock.write("g1", await heldBy(await deadIdentity()));
		expect(await withLock(lock.path, stateOf, { timeoutMs: 0, onWait: failOnWait })).toBe("held");
	});

	test("goes on if its folder is deleted, and the next task gets the lock", async () => {
		await using lock = await lockFolder();
		const logger = recordingLogger();
		const nested = await withLock(
			lock.path,
			async () => {
				renameSync(lock.path, `${lock.path} of old`);
				return await withLock(lock.path, stateOf, { timeoutMs: 0 });
			},
			{ logger },
		);
		expect(nested).toBe("held");
		expect(lock.names()).toEqual(["g1"]);
		expect(logger.messages("warn")).toEqual(["the lock was deleted while it was held"]);
		expect(await withLock(lock.path, stateOf, { timeoutMs: 0 })).toBe("held");
	});

	test("does not release the lock of the next task if its own folder was deleted", async () => {
		await using lock = await lockFolder();
		const [started, finish] = [signal(), signal()];
		let next: Promise<void> | undefined;
		await withLock(lock.path, async () => {
			rmSync(lock.path, { recursive: true });
			next = withLock(lock.path, async () => {
				started.give();
				await finish.given;
			});
			await started.given;
		});
		expect(await withLock(lock.path, stateOf, { timeoutMs: 0 })).toBe("unavailable");
		finish.give();
		await next;
		expect(lock.read("g1")).toBe("released\n");
	});
});

describe("B25 waiting for a lock", () => {
	test("calls `onWait` once for each holder in the meantime", async () => {
		await using lock = await lockFolder();
		lock.write("g1", await heldBy({}, { nonce: "first", purpose: "a start" }));
		const holders = waitedFor();
		const waiting = withLock(lock.path, stateOf, { onWait: holders.onWait });
		const first = await holders.next();
		lock.write("g2", await heldBy({}, { nonce: "second", purpose: "a stop" }));
		const second = await holders.next();
		lock.write("g2", "released\n");
		expect(await waiting).toBe("held");
		const identity = await ownIdentity();
		const common = { identity, judgement: "alive", since: "2026-01-02T03:04:05.678Z" };
		expect([first, second]).toEqual([
			{ ...common, purpose: "a start" },
			{ ...common, purpose: "a stop" },
		]);
		expect(holders.count()).toBe(2);
	});

	test("shows the purpose that the holder gave", async () => {
		await using lock = await lockFolder();
		const holders = waitedFor();
		await withLock(
			lock.path,
			async () => await withLock(lock.path, stateOf, { timeoutMs: 0, onWait: holders.onWait }),
			{ purpose: "a start" },
		);
		expect(await holders.next()).toMatchObject({ purpose: "a start", since: expect.stringMatching(/Z$/) });
	});

	test("ends with the signal's reason, and leaves no file", async () => {
		await using lock = await lockFolder();
		const held = await heldBy();
		lock.write("g1", held);
		const holders = waitedFor();
		const abort = new AbortController();
		const waiting = withLock(lock.path, failIfRun, { onWait: holders.onWait, signal: abort.signal });
		await holders.next();
		const reason = new Error("changed my mind");
		abort.abort(reason);
		await expect(waiting).rejects.toBe(reason);
		expect(lock.names()).toEqual(["g1"]);
		expect(lock.read("g1")).toBe(held);
	});

	test("does not start after an abort", async () => {
		await using lock = await lockFolder();
		const folder = path.join(lock.path, "below");
		const signal = AbortSignal.abort("too late");
		await expect(withLock(folder, failIfRun, { signal })).rejects.toBe("too late");
		expect(lock.names()).toEqual([]);
	});

	test("can be aborted, but an abort does not end a task that runs", async () => {
		await using lock = await lockFolder();
		const abort = new AbortController();
		const result = await withLock(
			lock.path,
			async () => {
				abort.abort();
				return "done";
			},
			{ signal: abort.signal },
		);
		expect(result).toBe("done");
	});
});

describe("B25 a task runs without a lock", () => {
	test("if the holder does not release the lock in time; the task gets the holder", async () => {
		await using lock = await lockFolder();
		const held = await heldBy({}, { purpose: "a start" });
		lock.write("g1", held);
		const states: LockState[] = [];
		const holders = waitedFor();
		// Long enough for several looks at the lock.
		const options = { timeoutMs: 50, onWait: holders.onWait };
		await withLock(lock.path, async (state) => void states.push(state), options);
		expect(holders.count()).toBe(1);
		expect(states).toEqual([
			{
				kind: "unavailable",
				reason: expect.stringMatching(
					new RegExp(`^process ${process.pid} has held the lock for at least \\S+ s$`),
				),
				holder: {
					identity: await ownIdentity(),
					judgement: "alive",
					purpose: "a start",
					since: "2026-01-02T03:04:05.678Z",
				},
			},
		]);
		expect(lock.names()).toEqual(["g1"]);
		expect(lock.read("g1")).toBe(held);
	});

	test.runIf(process.platform === "linux")("if its holder cannot be identified", async () => {
		await using lock = await lockFolder();
		lock.write("g1", await heldBy({ ...(await deadIdentity()), pidNamespace: "pid:[1]" }));
		const reason = await withLock(lock.path, reasonOf, { timeoutMs: 0 });
		expect(reason).toMatch(
			/^process \d+, which may or may not be alive \(it cannot be checked from here\), has not released the lock for \S+ s$/,
		);
	});

	test("if a file is in the place of the folder", async () => {
		await using lock = await lockFolder();
		lock.write("a file", "content");
		expect(await withLock(path.join(lock.path, "a file"), reasonOf)).toContain("ENOTDIR");
		expect(lock.read("a file")).toBe("content");
	});

	test("if the lock is unavailable, and an error of the task is passed on", async () => {
		await using lock = await lockFolder();
		lock.write("a file", "");
		const failing = withLock(path.join(lock.path, "a file"), () => Promise.reject(new Error("no luck")));
		await expect(failing).rejects.toThrow("no luck");
	});
});

async function reasonOf(state: LockState): Promise<string> {
	return state.kind === "unavailable" ? state.reason : state.kind;
}

async function failIfRun(): Promise<never> {
	throw new Error("The task ran.");
}

function failOnWait({ identity }: LockHolder): never {
	throw new Error(`It waits for ${identity?.pid}.`);
}

/** A promise that another part of a test resolves. */
function signal(): { readonly given: Promise<void>; give(): void } {
	let give = (): void => {};
	const given = new Promise<void>((resolve) => {
		give = resolve;
	});
	return { given, give: () => give() };
}

/** Collects the holders that `onWait` reports. */
function waitedFor() {
	const seen: LockHolder[] = [];
	let read = 0;
	let more = signal();
	return {
		count: () => seen.length,
		onWait(holder: LockHolder): void {
			seen.push(holder);
			more.give();
			more = signal();
		},
		async next(): Promise<LockHolder> {
			for (;;) {
				const holder = seen[read];
				if (holder !== undefined) {
					read++;
					return holder;
				}
				await more.given;
			}
		},
	};
}
