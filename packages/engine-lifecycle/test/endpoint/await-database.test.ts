import { expectEngineError } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import { startOrReuse } from "../../src/start-or-reuse.ts";
import { sandbox } from "../sandbox.ts";

// Seen to fail: with an engine that has ended asked until the deadline, and with a reuse that does not ask the database.

/** Options with a deadline beyond the time limit of a test, so that a wait until the deadline fails the test. */
const LONG = { ready: "database", startTimeoutMs: 120_000 } as const;

describe("B42 an engine that is ready when its database answers", () => {
	it("is started and reused, even with its database in a folder", async () => {
		await using box = await sandbox();
		const options = { ...box.options, ...LONG };
		expect((await startOrReuse({ ...options, environment: box.environment })).startup.kind).toBe("spawned");
		expect((await startOrReuse({ ...options, environment: box.environment })).startup.kind).toBe("reused");
	});

	it("is not waited for once it has ended", async () => {
		await using box = await sandbox();
		await startOrReuse({ ...box.options, environment: box.environment });
		const [pid = 0] = await box.engines();
		const reuse = startOrReuse({
			environment: box.environment,
			...box.options,
			...LONG,
			onEvent: ({ kind }) => {
				if (kind === "reusing") process.kill(pid, "SIGKILL");
			},
		});
		const error = await expectEngineError(reuse, "health_check_failed");
		expect(error.message).toContain("exited before its database answered");
	});

	it("is not ready for a host with another token", async () => {
		await using box = await sandbox();
		await startOrReuse({ environment: box.environment, ...box.options, adminToken: "007" });
		const reuse = startOrReuse({ environment: box.environment, ...box.options, ...LONG, adminToken: "7" });
		const error = await expectEngineError(reuse, "health_check_failed");
		expect(error.message).toContain("wants another token");
		expect(error.metadata.hint).toContain("`adminToken`");
	});
});
