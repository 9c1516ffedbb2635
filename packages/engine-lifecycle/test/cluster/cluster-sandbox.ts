import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { processGone } from "@rivetkit/engine-testkit";
import type { EngineOptions } from "../../../engine-config/src/engine-options.ts";
import type { Engine } from "../../src/engine.ts";
import { type Sandbox, sandbox } from "../sandbox.ts";

/**
 * Makes a sandbox for engines with PostgreSQL, NATS or a token. The sandbox finds these engines by their
 * configuration file, since they have no database in the folder.
 */
export async function clusterSandbox(): Promise<Sandbox> {
	const box = await sandbox();
	return {
		...box,
		engines: () => clusterEngines(box.folder),
		async [Symbol.asyncDispose]() {
			for (const pid of await clusterEngines(box.folder)) await killEngine(pid);
			await box[Symbol.asyncDispose]();
		},
	};
}

/** Makes the options of another instance in a sandbox, with other ports. */
export async function instanceOptions(
	box: Sandbox,
	instancePath: string,
	options: EngineOptions,
): Promise<EngineOptions & { readonly endpoint: string }> {
	const port = await box.anotherPort();
	const endpoint = `http://127.0.0.1:${port}`;
	return { ...box.options, ...options, bindPort: undefined, endpoint, instancePath };
}

/** Kills an engine, as a crash would, and waits for its end. */
export async function killEngine(pid: number): Promise<void> {
	try {
		process.kill(pid, "SIGKILL");
	} catch {
		// The process has ended by itself since the look at it.
	}
	await processGone(pid);
}

/** Reads the pid and the logs of an engine that this process has spawned. */
export function spawnedHere({ startup }: Engine): {
	readonly pid: number;
	readonly logs: { readonly stdout: string; readonly stderr: string };
} {
	if (startup.kind !== "spawned") throw new Error(`The engine was ${startup.kind}, not spawned.`);
	return startup;
}

/** Finds out from an engine's log whether it has become the leader, which writes for all engines. */
export async function leads({ startup }: Engine): Promise<boolean> {
	if (startup.kind !== "spawned") return false;
	return (await readFile(startup.logs.stdout, "utf8")).includes("acquired udb postgres leader lease");
}

async function clusterEngines(folder: string): Promise<readonly number[]> {
	const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
	const commands = await Promise.all(
		// A zombie has no command line any more.
		pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")),
	);
	return pids.filter((_, index) => commands[index]?.includes(`\0--config\0${folder}${path.sep}`));
}
