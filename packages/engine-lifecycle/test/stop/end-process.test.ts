import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { parseEndpoint } from "@rivetkit/engine-core";
import { identifyProcess } from "@rivetkit/engine-core/process";
import { readRecords } from "@rivetkit/engine-instances";
import { freePortTriple, processGone, realEngineVersion, serveSilent } from "@rivetkit/engine-testkit";
import { describe, expect, it, vi } from "vitest";
import type { EngineEvent } from "../../src/events.ts";
import { startOrReuse } from "../../src/start-or-reuse.ts";
import { endProcess } from "../../src/stop/end-process.ts";
import { stopEngine } from "../../src/stop/stop-engine.ts";
import { stoppedHost } from "../race-hosts.ts";
import { sandbox } from "../sandbox.ts";

// Seen to fail: with zombies counted as alive (the stop takes its whole grace), without the wait for the port, with success
// at the deadline while the port is taken, without `markEnding`, and with a start that writes its own copy of the record
// instead of completing the record on the disk.

describe("B37 a zombie", () => {
	it("counts as gone, although its parent has not yet read its exit status", async () => {
		await using box = await sandbox();
		// The parent of the engine is stopped, so that no process reaps the engine.
		await using _host = await stoppedHost(box, "before the unlock");
		const [pid = 0] = await box.engines();
		expect(await stopEngine({ ...box.options, environment: box.environment })).toMatchObject({
			kind: "stopped",
			outcome: "exited",
			pid,
		});
		expect(await readFile(`/proc/${pid}/stat`, "utf8")).toMatch(/\) Z /);
		expect(await stopEngine({ ...box.options, environment: box.environment })).toMatchObject({
			kind: "not-running",
		});
	});
});

describe("B37 the end of a stop", () => {
	const endOf = async (pid: number, port: number, graceMs: number) => {
		const identity = await identifyProcess(pid);
		if (identity === undefined) throw new Error("It has ended already.");
		const endpoint = parseEndpoint(`http://127.0.0.1:${port}`);
		return await endProcess({ identity, leadsSession: false, endpoint, graceMs, signal: undefined });
	};

	it("is reported only when the port is closed as well", async () => {
		const port = await freePortTriple();
		const server = await serveSilent({ port });
		const process = spawn("sleep", ["60"], { stdio: "ignore" });
		const { pid = 0 } = process;
		let ended = false;
		const end = endOf(pid, port, 20_000).finally(() => {
			ended = true;
		});
		await processGone(pid);
		// The stop has asked the port once after the end of the process, and must ask again.
		await vi.waitUntil(() => server.requests.length > 0, { timeout: 10_000 });
		expect(ended).toBe(false);
		await server[Symbol.asyncDispose]();
		expect(await end).toBe("exited");
	});

	it("is an error if a silent listener keeps the port", async () => {
		const port = await freePortTriple();
		await using _server = await serveSilent({ port });
		const { pid = 0 } = spawn("sleep", ["60"], { stdio: "ignore" });
		await expect(endOf(pid, port, 200)).rejects.toMatchObject({
			code: "endpoint_unresponsive",
			message: expect.stringContaining(`(pid ${pid}) has ended, but something else holds`),
		});
	});
});

describe("B40 a stop", () => {
	it("stays in the record, although the start that was stopped completes the record afterwards", async () => {
		await using box = await sandbox();
		const { recordPath } = box.layout;
		const onEvent = ({ kind }: EngineEvent): void => {
			if (kind !== "healthy") return;
			const record = JSON.parse(readFileSync(recordPath, "utf8"));
			writeFileSync(recordPath, JSON.stringify({ ...record, ending: "stop" }));
		};
		await startOrReuse({ environment: box.environment, ...box.options, onEvent });
		expect((await readRecords(box.layout)).recorded).toMatchObject({
			record: { ending: "stop", version: realEngineVersion },
		});
	});

	it("is written into the record, and the next start creates a new record", async () => {
		await using box = await sandbox();
		const recorded = async () => {
			const { recorded } = await readRecords(box.layout);
			return recorded.kind === "present" ? recorded.record : undefined;
		};
		await startOrReuse({ ...box.options, environment: box.environment });
		expect((await recorded())?.ending).toBeUndefined();
		await stopEngine({ ...box.options, environment: box.environment });
		expect((await recorded())?.ending).toBe("stop");
		await startOrReuse({ ...box.options, environment: box.environment });
		expect((await recorded())?.ending).toBeUndefined();
	});
});
