import { spawnSync } from "node:child_process";
import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { withLock } from "@rivetkit/engine-core/lock";
import { recordingLogger } from "@rivetkit/engine-testkit";
import { describe, expect, it, vi } from "vitest";
import type { EngineOptions } from "../../../engine-config/src/engine-options.ts";
import type { CallOptions } from "../../src/context.ts";
import type { EngineEvent } from "../../src/events.ts";
import { startOrReuse } from "../../src/start-or-reuse.ts";
import { namespacedHost, stoppedHost } from "../race-hosts.ts";
import { type Sandbox, sandbox } from "../sandbox.ts";

/** True for a user who may make a pid namespace, as root may. */
const mayUnshare = spawnSync("unshare", ["--pid", "--fork", "--mount-proc", "true"]).status === 0;
if (!mayUnshare) console.warn("Skipped: a host in another pid namespace, which needs root on Linux.");

/** Starts an engine from this process, and collects its events and logs. */
function observedStart(box: Sandbox, options: EngineOptions & Partial<CallOptions> = {}) {
	const events: EngineEvent[] = [];
	const logger = recordingLogger();
	const onEvent = (event: EngineEvent): void => void events.push(event);
	const engine = startOrReuse({ environment: box.environment, ...box.options, onEvent, logger, ...options });
	engine.catch(() => {});
	return { engine, events, logger };
}

describe("B25 the locks of a start", () => {
	it("are a lock of the guard port, for each user, and a lock of the instance, both released after the start", async () => {
		await using box = await sandbox();
		const { engine, events } = observedStart(box);
		expect((await engine).startup).toMatchObject({
			kind: "spawned",
			timings: { lockMs: expect.any(Number) },
		});
		expect(events.map(({ kind }) => kind)).not.toContain("waiting");
		const user = path.join(box.folder, `rivet-engine-${process.getuid?.()}`);
		for (const folder of [path.join(user, `ports-${box.port}`), path.join(box.layout.folder, "lock")]) {
			expect(await readdir(folder)).toEqual(["g1"]);
			expect(await readFile(path.join(folder, "g1"), "utf8")).toBe("released\n");
		}
	});

	it("are not taken by a host that finds an engine", async () => {
		await using box = await sandbox();
		await startOrReuse({ ...box.options, environment: box.environment });
		await rm(box.layout.lockFolder, { recursive: true });
		expect((await observedStart(box).engine).startup.kind).toBe("reused");
		expect(await readdir(box.layout.folder)).not.toContain("lock");
	});

	it("name the holder that a host waits for, and an abort ends the wait", async () => {
		await using box = await sandbox();
		await using holder = await stoppedHost(box, "after the locks");
		const abort = new AbortController();
		const { engine, events } = observedStart(box, { signal: abort.signal });
		await vi.waitUntil(() => events.some(({ kind }) => kind === "waiting"), { timeout: 20_000 });
		expect(events.at(-1)).toMatchObject({
			kind: "waiting",
			lock: "guard port",
			holder: {
				identity: { pid: holder.script.pid },
				judgement: "alive",
				purpose: expect.stringContaining(box.endpoint),
			},
		});
		const reason = new Error("enough");
		abort.abort(reason);
		await expect(engine).rejects.toBe(reason);
		expect(await box.engines()).toEqual([]);
	});

	it.runIf(mayUnshare)("do not wait for ever for a holder in another pid namespace", async () => {
		await using box = await sandbox();
		await using _holder = await namespacedHost(box, "after the locks");
		const { engine, events } = observedStart(box, { lockTimeoutMs: 300 });
		expect((await engine).startup.kind).toBe("spawned");
		expect(events.filter(({ kind }) => kind === "waiting" || kind === "unlocked")).toMatchObject([
			{ kind: "waiting", lock: "guard port", holder: { judgement: "unknown" } },
			{
				kind: "unlocked",
				lock: "guard port",
				reason: expect.stringContaining("cannot be checked from here"),
			},
			{ kind: "waiting", lock: "instance", holder: { judgement: "unknown" } },
			{ kind: "unlocked", lock: "instance", reason: expect.stringContaining("cannot be checked from here") },
		]);
		expect(await box.engines()).toHaveLength(1);
	});
});

describe("B25 B35 a record of an engine is a hint, not a proof", () => {
	it("a host that waits for a lock keeps its deadline although a healthy engine is on another address", async () => {
		await using box = await sandbox();
		await startOrReuse({ environment: box.environment, ...box.options, bindHost: "127.0.0.2" });
		const folder = path.join(box.folder, `rivet-engine-${process.getuid?.()}`, `ports-${box.port}`);
		await withLock(folder, async () => {
			const { engine, events } = observedStart(box, { lockTimeoutMs: 300 });
			await expect(engine).rejects.toMatchObject({ code: "database_locked" });
			const kinds = events.map(({ kind }) => kind);
			expect(kinds).toEqual(["probing", "waiting", "unlocked"]);
		});
	});

	it("an error names the engine of the same storage and port on another address at once", async () => {
		await using box = await sandbox();
		await startOrReuse({ environment: box.environment, ...box.options, bindHost: "127.0.0.2" });
		const { engine, events } = observedStart(box, { startTimeoutMs: 120_000 });
		await expect(engine).rejects.toMatchObject({
			code: "database_locked",
			message: expect.stringContaining(`http://127.0.0.2:${box.port}`),
		});
		expect(events.map(({ kind }) => kind)).not.toContain("joining");
		expect(await box.engines()).toHaveLength(1);
	});
});

describe("B25 without a lock", () => {
	const user = (box: Sandbox) => path.join(box.folder, `rivet-engine-${process.getuid?.()}`);

	it.each<[string, (box: Sandbox) => Promise<unknown>, string]>([
		["a file is in the place of its folder", (box) => writeFile(user(box), ""), "is not a folder"],
		[
			"its folder leads elsewhere",
			async (box) => {
				await mkdir(path.join(box.folder, "elsewhere"));
				await symlink("elsewhere", user(box));
			},
			"is not a folder",
		],
		[
			"others may write to its folder",
			async (box) => {
				await mkdir(user(box));
				await chmod(user(box), 0o777);
			},
			"others may look into",
		],
		[
			"there is no temporary folder",
			async (box) => await rm(path.join(box.folder, "gone"), { force: true }),
			"ENOENT",
		],
	])("an engine is started, with a warning: %s", async (title, prepare, reason) => {
		await using box = await sandbox();
		await prepare(box);
		const environment = title.startsWith("there is no")
			? { ...box.environment, TMPDIR: path.join(box.folder, "gone") }
			: box.environment;
		const { engine, events, logger } = observedStart({ ...box, environment });
		expect((await engine).startup.kind).toBe("spawned");
		expect(events.filter(({ kind }) => kind === "unlocked")).toMatchObject([
			{ lock: "guard port", reason: expect.stringContaining(reason) },
		]);
		expect(logger.messages("warn")).toContain("starting without the lock, which could not be had");
	});

	it("an engine is started, with a warning: the instance's lock is a file", async () => {
		await using box = await sandbox();
		await mkdir(box.layout.folder, { recursive: true });
		await writeFile(box.layout.lockFolder, "");
		const { engine, events } = observedStart(box);
		expect((await engine).startup.kind).toBe("spawned");
		expect(events.filter(({ kind }) => kind === "unlocked")).toMatchObject([{ lock: "instance" }]);
	});
});
