import { readdir } from "node:fs/promises";
import path from "node:path";
import { builtPackage, type Sandbox } from "../../engine-lifecycle/test/sandbox.ts";
import type { EphemeralEngineOptions } from "../src/ephemeral-options.ts";

/** Where a sandbox's throw-away engines are. */
export function ephemeralFolderOf(box: Sandbox): string {
	return path.join(box.folder, `rivet-engine-${process.getuid?.()}`, "ephemeral");
}

/** The records and storages of a sandbox's throw-away engines. */
export async function entriesIn(box: Sandbox): Promise<readonly string[]> {
	const names = await readdir(ephemeralFolderOf(box)).catch(() => []);
	return names.filter((name) => !name.startsWith("lock")).sort();
}

/** What is left of a sandbox's throw-away engines: processes and files. */
export async function leftIn(box: Sandbox): Promise<readonly (string | number)[]> {
	return [...(await box.engines()), ...(await entriesIn(box))];
}

/** The program of a host that starts a throw-away engine with the built package and prints what it got; then it goes on with `then`. */
export function ephemeralHost(options: EphemeralEngineOptions, then: string): string {
	return `
		import { startEphemeralEngine } from ${JSON.stringify(builtPackage("engine-ephemeral"))};
		const engine = await startEphemeralEngine(${JSON.stringify(options)});
		const { endpoint, startup, storagePath } = engine;
		const pid = startup.pid ?? startup.stamp?.identity.pid;
		console.log(JSON.stringify({ endpoint, kind: startup.kind, pid, storagePath }));
		${then}
	`;
}

/** What such a host prints. */
export interface StartedEphemeral {
	readonly endpoint: string;
	readonly kind: "spawned" | "reused";
	readonly pid: number;
	readonly storagePath: string;
}
