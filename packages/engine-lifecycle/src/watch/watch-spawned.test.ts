import type { ExitStatus } from "@rivetkit/engine-core";
import { recordingLogger } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import { watchSpawnedEngine } from "./watch-spawned.ts";

describe("B31 B34 the end of a spawned engine", () => {
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
	])("is logged: %j", async (exit, level, status, message) => {
		const logger = recordingLogger();
		const exited = Promise.resolve(exit);
		watchSpawnedEngine({ pid: 7, exited, detach: () => {} }, logger);
		await exited;
		expect(logger.entries).toEqual([{ level, fields: { pid: 7, status }, message }]);
	});

	it("is not logged after the watcher was released, which detaches once", async () => {
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
