import type { ExitStatus } from "@rivetkit/engine-core";
import { recordingLogger } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import { endHalfStarted } from "./end-half-started.ts";

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
	])("it %s", async (_title, kill, expected) => {
		const logger = recordingLogger();
		await endHalfStarted({ pid: 7, kill }, logger);
		expect(logger.entries.map(({ level, message }) => `${level} ${message}`)).toEqual([expected]);
	});
});
