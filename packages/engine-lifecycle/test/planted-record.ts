import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { type InstanceLayout, instanceLayout } from "@rivetkit/engine-core";
import { identifyProcess, type ProcessIdentity } from "@rivetkit/engine-core/process";
import type { EngineRecord, RivetkitRecord } from "@rivetkit/engine-instances";
import { realEngineVersion } from "@rivetkit/engine-testkit";
import type { Sandbox } from "./sandbox.ts";

/** The files that a stopped engine has left. */
export interface Remains {
	readonly layout: InstanceLayout;
	readonly record: EngineRecord;
	/** Writes the record again, with changes. */
	readonly rewrite: (changes: Partial<EngineRecord>) => Promise<void>;
}

/**
 * Writes the files that a stopped engine leaves in a sandbox, which takes less time than to run one: both records, a pair
 * of logs, and a database that no engine could use.
 *
 * @param name - The name of the instance. @defaultValue the default instance
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
