import { readFile } from "node:fs/promises";
import { processGone } from "@rivetkit/engine-testkit";
import { vi } from "vitest";
import { type EngineCommand, type EngineLaunch, engineCommand } from "../src/index.ts";

/** The built package, for hosts that run without the tests' TypeScript: `packages/engine-spawn/dist`. */
export const builtPackage: string = new URL("../dist/index.js", import.meta.url).href;

/** Makes the launch of an engine on a port triple, with telemetry off. */
export function launchOn(
	port: number,
	databasePath: string,
	changes: Partial<EngineLaunch> = {},
): EngineLaunch {
	const host = "127.0.0.1";
	return {
		guard: { host, port },
		apiPeer: { host, port: port + 1 },
		metrics: { host, port: port + 10 },
		databasePath,
		preset: "local-dev",
		telemetry: false,
		environment: { PATH: process.env.PATH },
		...changes,
	};
}

/** Makes the command of an engine on a port triple. */
export function commandOn(path: string, port: number, databasePath: string): EngineCommand {
	return engineCommand(launchOn(port, databasePath), { path, version: "2.3.19" });
}

/** Kills a process with its group when disposed, and waits for its end. */
export function killedAfterwards(pid: number): AsyncDisposable {
	return {
		async [Symbol.asyncDispose]() {
			for (const target of [-pid, pid]) {
				try {
					process.kill(target, "SIGKILL");
				} catch {
					// The process has ended.
				}
			}
			await processGone(pid);
		},
	};
}

/** Resolves when an engine answers on its guard port. */
export async function answering(port: number): Promise<void> {
	await vi.waitFor(
		async () => {
			const response = await fetch(`http://127.0.0.1:${port}/health`, { headers: { connection: "close" } });
			await response.text();
		},
		{ timeout: 20_000, interval: 20 },
	);
}

/** Resolves with the text of a file once the file is there and not empty. */
export async function textOf(file: string): Promise<string> {
	return await vi.waitFor(
		async () => {
			const text = await readFile(file, "utf8");
			if (text === "") throw new Error(`'${file}' is empty.`);
			return text.trim();
		},
		{ timeout: 20_000, interval: 20 },
	);
}

/** Awaits a promise. Rejects after 20 s, so that a failing test cleans up before it times out. */
export async function within<T>(promise: Promise<T>): Promise<T> {
	let timer: NodeJS.Timeout | undefined;
	const limit = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(new Error("Nothing happened within 20 s.")), 20_000);
	});
	return await Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}
