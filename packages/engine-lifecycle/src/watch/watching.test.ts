import type { ExitStatus } from "@rivetkit/engine-core";
import { recordingLogger } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import { endHalfStarted } from "../launch/end-half-started.ts";
import { watchSpawnedEngine } from "./watch-spawned.ts";

describe("B31 B34 what is logged when a spawned engine ends", () => {
	it.each<[ExitStatus, "warn" | "error", string, string]>([
		[
			{ kind: "exited", code: 0 },
			"warn",
			"exit status: 0",
			"engine process exited cleanly while rivetkit was still running; rivetkit expected the engine to outlive it",
		],
		[
			{ kind: "exited", code: 1 },
			"error",
			"exit status: 1",
			"engine process crashed while rivetkit was still running",
		],
		[
			{ kind: "signaled", signal: "SIGKILL" },
			"error",
			"signal: 9 (SIGKILL)",
			"engine process crashed while rivetkit was still running",
		],
		[
			{ kind: "unknown" },
			"error",
			"unknown status",
			"failed to wait on engine process; cannot detect crashes",
		],
	])("%j", async (exit, level, status, message) => {
		const logger = recordingLogger();
		const exited = Promise.resolve(exit);
		watchSpawnedEngine({ pid: 7, exited, detach: () => {} }, logger);
		await exited;
		expect(logger.entries).toEqual([{ level, fields: { pid: 7, status }, message }]);
	});

	it("nothing after the watcher was released, which detaches once", async () => {
		const logger = recordingLogger();
		let detached = 0;
		const exited = Promise.resolve<ExitStatus>({ kind: "exited", code: 1 });
		const watcher = watchSpawnedEngine({ pid: 7, exited, detach: () => detached++ }, logger);
		watcher.release();
		watcher.release();
		await exited;
		expect(detached).toBe(1);
		expect(logger.messages()).toEqual([
			"aborted engine watcher; engine continues running (intentional orphan)",
		]);
	});
});

describe("B31 B33 what is logged when an engine that never became healthy is ended", () => {
	it.each<[string, () => Promise<ExitStatus | undefined>, string]>([
		[
			"ends",
			async () => ({ kind: "signaled", signal: "SIGKILL" }),
			"info half-started engine process exited",
		],
		["stays", async () => undefined, "warn half-started engine process did not exit within timeout"],
		[
			"cannot be killed",
			async () => {
				throw new Error("EPERM");
			},
			"warn failed to terminate engine process that never became healthy",
		],
	])("it %s", async (_title, terminate, expected) => {
		const logger = recordingLogger();
		await endHalfStarted({ pid: 7, terminate }, logger);
		expect(logger.entries.map(({ level, message }) => `${level} ${message}`)).toEqual([expected]);
	});
});
