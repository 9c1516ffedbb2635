import type { EngineRecord } from "@rivetkit/engine-instances";
import type { EngineStartup } from "../engine.ts";

/** The process behind a handle, as far as it is known. */
export interface StartedProcess {
	readonly pid?: number | undefined;
	/** The id in the engine's record; undefined for a spawned engine, which is identified by its pid. */
	readonly instanceId?: string | undefined;
	readonly logs?: EngineRecord["logs"] | undefined;
}

/** Reads the process of an engine from its startup. Nothing is known of an engine that we did not start. */
export function processOfStartup(startup: EngineStartup): StartedProcess {
	switch (startup.kind) {
		case "spawned":
			return { pid: startup.pid, logs: startup.logs };
		case "reused": {
			const { record } = startup;
			return { pid: record?.identity.pid, instanceId: record?.instanceId, logs: record?.logs };
		}
		case "remote":
			return {};
	}
}
