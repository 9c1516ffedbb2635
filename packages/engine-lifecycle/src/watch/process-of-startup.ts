import type { EngineRecord } from "@rivetkit/engine-instances";
import type { EngineStartup } from "../engine.ts";

/** What is known of the process behind a handle. */
export interface StartedProcess {
	readonly pid?: number | undefined;
	/** Of its record; a spawned engine goes by its pid. */
	readonly instanceId?: string | undefined;
	readonly logs?: EngineRecord["logs"] | undefined;
}

/** Reads the facts from how an engine came to be there. Of an engine that we did not start there are none. */
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
