import type { EngineLogs } from "@rivetkit/engine-core";
import { readLogEnd } from "@rivetkit/engine-core";
import type { EphemeralEngine, EphemeralEngineLogs } from "../ephemeral-engine.ts";
import type { EngineRun } from "./engine-run.ts";

/** What a handle says of how its engine was started. */
export function startupOf({ spawned, binary, health, timings }: EngineRun): EphemeralEngine["startup"] {
	const { pid, logs } = spawned;
	return { kind: "spawned", pid, binary, version: health.version, logs, timings };
}

/** The logs of a start, with their end. */
export function logsOf({ stdout, stderr }: EngineLogs): EphemeralEngineLogs {
	return {
		stdout,
		stderr,
		tail: async (count = 20) => {
			const ends = await Promise.all([readLogEnd(stdout, count), readLogEnd(stderr, count)]);
			return ends.flatMap(({ lines, rest }) => {
				const all = rest === "" ? lines : [...lines, rest];
				return count > 0 ? all.slice(-count) : [];
			});
		},
	};
}
