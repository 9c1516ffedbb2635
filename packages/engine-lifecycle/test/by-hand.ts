import { type ChildProcess, spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { waitForEngine } from "@rivetkit/engine-health";
import { realEnginePath } from "@rivetkit/engine-testkit";
import type { Sandbox } from "./sandbox.ts";

/** Starts an engine as rivetkit and its documentation do, without any record of ours. */
export async function startByHand(
	box: Sandbox,
	databasePath: string,
	file: string = realEnginePath(),
): Promise<ChildProcess> {
	const engine = await launchByHand(box, databasePath, file);
	await waitForEngine(box.endpoint);
	return engine;
}

/** Starts an engine as {@link startByHand} does, without waiting for an answer. */
export async function launchByHand(box: Sandbox, databasePath: string, file: string): Promise<ChildProcess> {
	await mkdir(databasePath, { recursive: true });
	const engine = spawn(file, ["start"], {
		stdio: "ignore",
		env: {
			RIVET__TELEMETRY__ENABLED: "false",
			RIVET__GUARD__HOST: "127.0.0.1",
			RIVET__GUARD__PORT: String(box.port),
			RIVET__API_PEER__HOST: "127.0.0.1",
			RIVET__API_PEER__PORT: String(box.port + 1),
			RIVET__METRICS__HOST: "127.0.0.1",
			RIVET__METRICS__PORT: String(box.port + 10),
			RIVET__FILE_SYSTEM__PATH: databasePath,
		},
	});
	return engine;
}
