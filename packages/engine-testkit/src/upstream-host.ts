import { readFileSync } from "node:fs";
import { realEnginePath } from "./real-engine.ts";
import { type RunningScript, runScript } from "./run-script.ts";

/** Where an upstream host starts its engine. */
export interface UpstreamHostPlace {
	readonly storageRoot: string;
	readonly port: number;
	/** @defaultValue the real engine */
	readonly binaryPath?: string;
	/** Whether it prints the line `ready` first and then waits for SIGUSR2. @defaultValue false */
	readonly waitsForSignal?: boolean;
}

/**
 * Runs a host that does what rivetkit does, which takes no lock and no look at who answers. It prints a line
 * of JSON: `{"kind": "spawned", "pid": ...}`, though the pid may be dead by then, or `{"kind": "reused"}`.
 * Whoever calls this ends the engine.
 */
export function runUpstreamHost(
	place: UpstreamHostPlace,
	env: Readonly<Record<string, string | undefined>> = {},
): RunningScript {
	const program = readFileSync(new URL("./upstream-host-program.mjs", import.meta.url), "utf8");
	return runScript(program, { env, args: [JSON.stringify({ binaryPath: realEnginePath(), ...place })] });
}
