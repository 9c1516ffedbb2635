import { instanceLayout } from "@rivetkit/engine-core";
import type { ProbeResult } from "@rivetkit/engine-health";
import { describe, expect, it } from "vitest";
import type { EngineRecord } from "../records/record.ts";
import { type InstanceFacts, judgeInstance } from "./judge-instance.ts";

// Seen to fail with each `if` of judge-instance.ts taken out in turn.

const layout = instanceLayout("/storage/.rivetkit");

const record: EngineRecord = {
	format: 1,
	instanceId: "an id",
	identity: { pid: 4711, startTime: "1", bootId: "boot", machineId: "machine", pidNamespace: "pid:[1]" },
	endpoint: "http://127.0.0.1:6420",
	bindHost: "127.0.0.1",
	ports: { guard: 6420, apiPeer: 6421, metrics: 6430 },
	publicUrl: null,
	binary: { path: "/bin/rivet-engine", source: "npm" },
	version: "2.3.19",
	databasePath: layout.databasePath,
	lastDatabaseVersion: "2.3.19",
	logs: { stdout: "/logs/out", stderr: "/logs/err" },
	startedAt: "2026-01-02T03:04:05.000Z",
};

const engine: ProbeResult = {
	kind: "engine",
	health: { runtime: "engine", status: "ok", version: "2.3.20", architecture: undefined },
};
const silence: ProbeResult = { kind: "unresponsive", reason: "no answer" };
const free: ProbeResult = { kind: "free" };
const neverHealthy = { ...record, version: null };
const stranger = { pid: 12, name: "nginx", database: undefined };

function judge(seen: Partial<InstanceFacts>) {
	return judgeInstance({
		layout,
		record,
		recordFlaw: undefined,
		copiedFrom: undefined,
		judgement: undefined,
		afterwards: undefined,
		endpoint: record.endpoint,
		answer: undefined,
		ownership: undefined,
		holder: undefined,
		databaseHolder: undefined,
		now: Date.parse(record.startedAt) + 5000,
		...seen,
	});
}

describe("B38 the state of an instance", () => {
	it.each<[string, Partial<InstanceFacts>, object]>([
		[
			"is running if its process lives and answers, with the version of the answer",
			{ judgement: "alive", answer: engine, ownership: "own" },
			{ kind: "running", version: "2.3.20", pid: 4711, uptimeMs: 5000 },
		],
		[
			"is running also if the owner of its port is unknown",
			{ judgement: "alive", answer: engine, ownership: "unknown" },
			{ kind: "running" },
		],
		[
			"is starting if its process lives and was never healthy",
			{ judgement: "alive", record: neverHealthy, answer: free, ownership: "nobody" },
			{ kind: "starting", pid: 4711 },
		],
		[
			"is unresponsive if its process lives, was healthy, and does not answer",
			{ judgement: "alive", answer: silence, ownership: "own" },
			{ kind: "unresponsive", pid: 4711, reason: expect.stringContaining("lives and does not answer") },
		],
		[
			"is unresponsive if its process lives and another engine has its port",
			{ judgement: "alive", record: neverHealthy, answer: engine, ownership: "other" },
			{ kind: "unresponsive", reason: expect.stringContaining("another process has its port") },
		],
		[
			"is stopped if its process is gone and no other process is in its place",
			{ judgement: "dead", answer: free },
			{ kind: "stopped", startedAt: record.startedAt, detail: undefined, version: "2.3.19" },
		],
		[
			"is stale if its pid belongs to another process",
			{ judgement: "dead", answer: free, afterwards: "pid-reused" },
			{ kind: "stale", pid: 4711, reason: expect.stringContaining("another process") },
		],
		[
			"is stale if the machine was restarted",
			{ judgement: "dead", answer: free, afterwards: "other-boot" },
			{ kind: "stale", reason: expect.stringContaining("before the machine was") },
		],
		[
			"is foreign if a process that we did not start has its database open",
			{ judgement: "dead", answer: engine, databaseHolder: { pid: 12, name: "rivet-engine" } },
			{ kind: "foreign", pid: 12, version: "2.3.20", reason: expect.stringContaining("database open") },
		],
		[
			"is foreign if another program has its port",
			{ judgement: "dead", answer: { kind: "foreign", runtime: "rivetkit" }, holder: stranger },
			{ kind: "foreign", pid: 12, reason: "at its endpoint runtime 'rivetkit' answers, from 'nginx'" },
		],
		[
			"is foreign if an engine without a record answers",
			{ record: undefined, answer: engine },
			{ kind: "foreign", pid: undefined },
		],
		[
			"is stopped if another instance has its port now",
			{ judgement: "dead", answer: engine, holder: { ...stranger, database: "/other/db" } },
			{ kind: "stopped", detail: expect.stringContaining("'/other/db'") },
		],
		[
			"is unknown if its process was started in another container",
			{ judgement: "unknown", answer: engine },
			{ kind: "unknown", pid: 4711 },
		],
		[
			"is stopped if its record cannot be read and no other process is in its place",
			{ record: undefined, recordFlaw: "it is not JSON" },
			{ kind: "stopped", startedAt: undefined, detail: expect.stringContaining("it is not JSON") },
		],
	])("%s", (_title, seen, expected) => {
		expect(judge(seen)).toMatchObject({ name: "", folder: layout.folder, ...expected });
	});

	it("shows no credentials of a recorded endpoint", () => {
		const withToken = { ...record, endpoint: "http://space:token@127.0.0.1:6420" };
		expect(judge({ record: withToken, judgement: "dead", endpoint: undefined }).endpoint).toBe(
			"http://***@127.0.0.1:6420",
		);
	});
});
