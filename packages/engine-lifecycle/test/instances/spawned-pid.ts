import type { EngineOptions } from "../../../engine-config/src/engine-options.ts";
import { startOrReuse } from "../../src/start-or-reuse.ts";
import type { Sandbox } from "../sandbox.ts";

/** Starts an engine, which must not run yet, and returns its pid. */
export async function spawnedPid(box: Sandbox, options: EngineOptions = {}): Promise<number> {
	const { startup } = await startOrReuse({ environment: box.environment, ...box.options, ...options });
	if (startup.kind !== "spawned") throw new Error("It was not spawned.");
	return startup.pid;
}
