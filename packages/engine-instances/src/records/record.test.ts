import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { type InstanceLayout, instanceLayout } from "../../../engine-core/src/layout/storage-layout.ts";
import { type EngineRecord, type RivetkitRecord, readRecords } from "./record.ts";

const runtime: RivetkitRecord = {
	pid: 42,
	endpoint: "http://127.0.0.1:6420",
	bind_host: "127.0.0.1",
	public_url: null,
};
const record: EngineRecord = {
	format: 1,
	instanceId: "a1",
	identity: { pid: 42, startTime: "1000", bootId: "b", machineId: null, pidNamespace: "pid:[1]" },
	endpoint: "http://127.0.0.1:6420",
	bindHost: "127.0.0.1",
	ports: { guard: 6420, apiPeer: 6421, metrics: 6430 },
	publicUrl: null,
	binary: { path: "/bin/rivet-engine", source: "npm" },
	version: null,
	databasePath: "/data/db",
	lastDatabaseVersion: "2.3.19",
	logs: { stdout: "/logs/out", stderr: "/logs/err" },
	startedAt: "2025-01-01T00:00:00.000Z",
};

describe("B35 reading the records of an instance", () => {
	test("reads both records", async () => {
		await using instance = await instanceWith({
			runtime: JSON.stringify(runtime),
			ownerJson: JSON.stringify(record),
		});
		expect(await readRecords(instance.layout)).toEqual({
			rivetkit: { kind: "present", record: runtime },
			recorded: { kind: "present", record },
		});
	});

	test("reports both records as absent if the folder does not exist", async () => {
		await using folder = await temporaryFolder();
		expect(await readRecords(instanceLayout(folder.path))).toEqual({
			rivetkit: { kind: "absent" },
			recorded: { kind: "absent" },
		});
	});

	test("reads a runtime.json with an unknown field and without a public URL", async () => {
		const { public_url: _, ...rest } = runtime;
		await using instance = await instanceWith({ runtime: JSON.stringify({ ...rest, later: true }) });
		expect(await readRecords(instance.layout)).toEqual({
			rivetkit: { kind: "present", record: runtime },
			recorded: { kind: "absent" },
		});
	});

	test.each([
		["empty", "", "it is not JSON"],
		["cut off", JSON.stringify(runtime).slice(0, -5), "it is not JSON"],
		["binary", "\0\u0001\ufffd", "it is not JSON"],
		["null", "null", "it lacks fields that it must have"],
		["a list", "[]", "it lacks fields that it must have"],
		["without a pid", JSON.stringify({ ...runtime, pid: undefined }), "it lacks fields that it must have"],
		[
			"with pid 0, which is a group of processes",
			JSON.stringify({ ...runtime, pid: 0 }),
			"it lacks fields that it must have",
		],
		["with a pid below 0", JSON.stringify({ ...runtime, pid: -1 }), "it lacks fields that it must have"],
		["with a pid as text", JSON.stringify({ ...runtime, pid: "42" }), "it lacks fields that it must have"],
		[
			"without a bind host",
			JSON.stringify({ ...runtime, bind_host: 1 }),
			"it lacks fields that it must have",
		],
		[
			"with a public URL that is no text",
			JSON.stringify({ ...runtime, public_url: {} }),
			"it lacks fields that it must have",
		],
	])("finds a runtime.json corrupt that is %s", async (_, text, reason) => {
		await using instance = await instanceWith({ runtime: text });
		const path = instance.layout.rivetkitRecordPath;
		expect((await readRecords(instance.layout)).rivetkit).toEqual({ kind: "corrupt", path, reason });
	});

	test("keeps properties of an owner.json that were added later, or by a newer version", async () => {
		const later = {
			ending: "stop",
			crashRestarts: ["2025-01-01T00:00:00.000Z"],
			otherDatabases: { "": "2.3.19" },
			postgres: "h:5432/d",
			foreground: true,
			given: ["adminToken"],
			ofAYoungerVersion: true,
		};
		await using instance = await instanceWith({ ownerJson: JSON.stringify({ ...record, ...later }) });
		expect((await readRecords(instance.layout)).recorded).toEqual({
			kind: "present",
			record: { ...record, ...later },
		});
	});

	test.each([
		{ ending: "somehow", crashRestarts: "often" },
		{ ending: 1, crashRestarts: [1] },
		{ otherDatabases: { "": 2 }, postgres: null, foreground: "yes", given: [1] },
		{ crashRestarts: ["yesterday"] },
	])("leaves out added properties of an owner.json that are invalid: %j", async (later) => {
		await using instance = await instanceWith({ ownerJson: JSON.stringify({ ...record, ...later }) });
		expect((await readRecords(instance.layout)).recorded).toEqual({ kind: "present", record });
	});

	test.each<[string, object]>([
		["of another format", { ...record, format: 2 }],
		["without an identity", { ...record, identity: undefined }],
		["whose identity has no start time", { ...record, identity: { pid: 42, bootId: "b" } }],
		["whose identity has pid 0", { ...record, identity: { ...record.identity, pid: 0 } }],
		["that lacks a port", { ...record, ports: { guard: 6420 } }],
		["whose logs are null", { ...record, logs: null }],
		["whose binary has no path", { ...record, binary: { source: "npm" } }],
		["without a database path", { ...record, databasePath: undefined }],
		["whose endpoint is no URL", { ...record, endpoint: "127.0.0.1:6420" }],
		["whose start is no time", { ...record, startedAt: "yesterday" }],
		["whose version is a number", { ...record, version: 2 }],
	])("finds an owner.json corrupt %s, and reads runtime.json all the same", async (_, content) => {
		await using instance = await instanceWith({
			runtime: JSON.stringify(runtime),
			ownerJson: JSON.stringify(content),
		});
		const read = await readRecords(instance.layout);
		expect(read.recorded).toMatchObject({ kind: "corrupt", path: instance.layout.recordPath });
		expect(read.rivetkit.kind).toBe("present");
	});

	test("reports a record as absent if its folder is a file", async () => {
		await using instance = await instanceWith({ ownerJson: "no folder" });
		const { recordPath } = instance.layout;
		const layout = { ...instance.layout, recordPath: path.join(recordPath, "owner.json") };
		expect((await readRecords(layout)).recorded).toEqual({ kind: "absent" });
	});

	test("reports a record as corrupt if it is a folder", async () => {
		await using instance = await instanceWith({});
		await mkdir(instance.layout.recordPath);
		expect((await readRecords(instance.layout)).recorded).toMatchObject({
			kind: "corrupt",
			reason: expect.stringContaining("EISDIR"),
		});
	});
});

async function instanceWith(files: {
	readonly runtime?: string;
	readonly ownerJson?: string;
}): Promise<AsyncDisposable & { layout: InstanceLayout }> {
	const folder = await temporaryFolder();
	const layout = instanceLayout(path.join(folder.path, ".rivetkit"));
	await mkdir(layout.folder, { recursive: true });
	if (files.runtime !== undefined) await writeFile(layout.rivetkitRecordPath, files.runtime);
	if (files.ownerJson !== undefined) await writeFile(layout.recordPath, files.ownerJson);
	return { layout, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}
