import { readFileSync } from "node:fs";
import { realEnginePath } from "./real-engine.ts";
import { type RunningScript, runScript } from "./run-script.ts";

/** The binary, storage and port with which an upstream host starts its engine. */
export interface UpstreamHostPlace {
	readonly storageRoot: string;
	readonly port: number;
	/** @defaultValue the real engine */
	readonly binaryPath?: string;
	/** True if the host prints the line `ready` first, and then waits for SIGUSR2. @defaultValue false */
	readonly waitsForSignal?: boolean;
}

/**
 * Runs a host that works like rivetkit: it uses no lock and does not check which engine answers. The host prints a line
 * of JSON: `{"kind": "spawned", "pid": ...}` (this process may have ended by then), or `{"kind": "reused"}`.
 * The caller ends the engine.
 */
export function runUpstreamHost(
	place: UpstreamHostPlace,
	env: Readonly<Record<string, string | undefined>> = {},
): RunningScript {
	const program = readFileSync(new URL("./upstream-host-program.mjs", import.meta.url), "utf8");
	return runScript(program, { env, args: [JSON.stringify({ binaryPath: realEnginePath(), ...place })] });
}
