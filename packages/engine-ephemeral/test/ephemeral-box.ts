import { readdir } from "node:fs/promises";
import path from "node:path";
import { type RunningScript, runScript } from "@rivetkit/engine-testkit";
import { expect, vi } from "vitest";
import { hostVariables } from "../../engine-lifecycle/test/race-hosts.ts";
import { builtPackage, type Sandbox } from "../../engine-lifecycle/test/sandbox.ts";
import type { EphemeralEngineOptions } from "../src/ephemeral-options.ts";

/** Returns the folder of a sandbox's throw-away engines. */
export function ephemeralFolderOf(box: Sandbox): string {
	return path.join(box.folder, `rivet-engine-${process.getuid?.()}`, "ephemeral");
}

/** Lists the records and storages of a sandbox's throw-away engines. */
export async function entriesIn(box: Sandbox): Promise<readonly string[]> {
	const names = await readdir(ephemeralFolderOf(box)).catch(() => []);
	return names.filter((name) => !name.startsWith("lock")).sort();
}

/** Lists the processes and files that are left of a sandbox's throw-away engines. */
export async function leftIn(box: Sandbox): Promise<readonly (string | number)[]> {
	return [...(await box.engines()), ...(await entriesIn(box))];
}

/**
 * Writes the program of a host that starts a throw-away engine with the built package, prints it, and goes on with
 * `then`.
 */
export function ephemeralHost(options: EphemeralEngineOptions, then: string): string {
	return `
		import { startEphemeralEngine } from ${JSON.stringify(builtPackage("engine-ephemeral"))};
		const engine = await startEphemeralEngine(${JSON.stringify(options)});
		const { endpoint, startup, storagePath } = engine;
		console.log(JSON.stringify({ endpoint, pid: startup.pid, storagePath }));
		${then}
	`;
}

/** The line that such a host prints. */
export interface StartedEphemeral {
	readonly endpoint: string;
	readonly pid: number;
	readonly storagePath: string;
}

/** The end of a program that goes on until it is ended. */
export const STAY = "setInterval(() => {}, 1000);";

/** Runs a host that starts a throw-away engine in a sandbox. */
export function runHost(box: Sandbox, then: string, options: EphemeralEngineOptions = {}): RunningScript {
	return runScript(ephemeralHost(options, then), { env: { ...hostVariables(box), HOME: undefined } });
}

/** Reads the line of a host that has started its engine. */
export async function started(script: RunningScript): Promise<StartedEphemeral> {
	return JSON.parse(await script.nextLine());
}

/**
 * Waits until nothing is left of a sandbox's throw-away engines: a process that was killed takes a moment to be
 * gone.
 */
export async function untilNothingIsLeft(box: Sandbox): Promise<void> {
	await vi.waitFor(async () => expect(await leftIn(box)).toEqual([]), { timeout: 20_000 });
}
