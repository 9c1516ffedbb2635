import { oomKills, oomKillsMoved } from "@rivetkit/engine-inspect";
import { describe, expect, it } from "vitest";
import { explainEnd } from "../../src/failure/explain-end.ts";
import { startOrReuse } from "../../src/start-or-reuse.ts";
import { sandbox } from "../sandbox.ts";

// Seen to fail: without `wasHealthy`, which gave the explanations of failed starts.

describe("B34 a real engine that was healthy and has ended", () => {
	it.each<[NodeJS.Signals, RegExp]>([
		["SIGTERM", /^it was asked to stop$/],
		["SIGKILL", /^somebody killed it/],
		["SIGILL", /^it crashed with SIGILL$/],
		["SIGQUIT", /^somebody ended it with SIGQUIT$/],
		["SIGABRT", /^it aborted itself/],
	])("by %s is explained with a cause, a cure and its last lines", async (signal, reason) => {
		await using box = await sandbox();
		const before = await oomKills("self");
		const { startup, exited } = await startOrReuse({ ...box.options, environment: box.environment });
		if (startup.kind !== "spawned") throw new Error("It was not spawned.");
		process.kill(startup.pid, signal);
		const explained = await explainEnd(
			{ logs: startup.logs, databasePath: box.layout.databasePath },
			await exited,
			{ wasHealthy: true, outOfMemory: await oomKillsMoved(before) },
		);
		expect(explained).toMatchObject({ code: "health_check_failed", hint: expect.any(String) });
		expect(explained.reason).toMatch(reason);
		expect(explained.stdoutTail.at(-1)).toMatch(/^ts=.*level=/);
		expect(explained.stderrTail).toEqual([]);
	});

	it("is explained even without its logs and its exit status", async () => {
		await using box = await sandbox();
		const engine = { logs: undefined, databasePath: box.layout.databasePath };
		expect(await explainEnd(engine, { kind: "unknown" }, { wasHealthy: true })).toEqual({
			code: "health_check_failed",
			reason: "only the process that started it knows how it ended",
			hint: expect.any(String),
			stdoutTail: [],
			stderrTail: [],
			holder: undefined,
		});
	});
});
