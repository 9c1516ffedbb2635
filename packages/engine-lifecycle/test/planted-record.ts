import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { type InstanceLayout, instanceLayout } from "@rivetkit/engine-core";
import { identifyProcess, type ProcessIdentity } from "@rivetkit/engine-core/process";
import type { EngineRecord, RivetkitRecord } from "@rivetkit/engine-instances";
import { realEngineVersion } from "@rivetkit/engine-testkit";
import type { Sandbox } from "./sandbox.ts";

/** What a stopped engine has left, and where. */
export interface Remains {
	readonly layout: InstanceLayout;
	readonly record: EngineRecord;
	/** Writes the record anew, with something else in it. */
	readonly rewrite: (changes: Partial<EngineRecord>) => Promise<void>;
}

/**
 * Leaves in a sandbox what an engine leaves there that ran and was stopped, in less time than that takes: both records,
 * a pair of logs, and a database that no engine could use.
 *
 * @param name - Of the instance. @defaultValue the default one
 */
export async function plantRemains(box: Sandbox, name?: string): Promise<Remains> {
	const layout = instanceLayout(box.storageRoot, name);
	const stem = path.join(layout.logsFolder, "engine-1700000000-4711-0123abcd");
	const record: EngineRecord = {
		format: 1,
		instanceId: crypto.randomUUID(),
		identity: await endedProcess(),
		endpoint: box.endpoint,
		bindHost: "127.0.0.1",
		ports: { guard: box.port, apiPeer: box.port + 1, metrics: box.port + 10 },
		publicUrl: null,
		binary: { path: path.join(box.folder, "rivet-engine"), source: "option" },
		version: realEngineVersion,
		databasePath: layout.databasePath,
		lastDatabaseVersion: realEngineVersion,
		logs: { stdout: `${stem}-stdout.log`, stderr: `${stem}-stderr.log` },
		startedAt: "2026-01-02T03:04:05.678Z",
	};
	const runtime: RivetkitRecord = {
		pid: record.identity.pid,
		endpoint: record.endpoint,
		bind_host: record.bindHost,
		public_url: null,
	};
	for (const folder of [layout.databasePath, layout.logsFolder]) await mkdir(folder, { recursive: true });
	await writeFile(path.join(layout.databasePath, "CURRENT"), "MANIFEST-000001\n");
	for (const file of Object.values(record.logs)) await writeFile(file, "a line\n");
	await writeFile(layout.rivetkitRecordPath, JSON.stringify(runtime));
	const rewrite = (changes: Partial<EngineRecord>) =>
		writeFile(layout.recordPath, JSON.stringify({ ...record, ...changes }));
	await rewrite({});
	return { layout, record, rewrite };
}

async function endedProcess(): Promise<ProcessIdentity> {
	const child = spawn("sleep", ["60"], { stdio: "ignore" });
	const identity = await identifyProcess(child.pid ?? 0);
	child.kill("SIGKILL");
	await once(child, "exit");
	if (identity === undefined) throw new Error("The process could not be identified.");
	return identity;
}
