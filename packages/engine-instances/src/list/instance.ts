import type { EngineLogs } from "@rivetkit/engine-core";

/** The properties of every instance, in every state. */
export interface InstanceBasics {
	/** Empty for the default instance. */
	readonly name: string;
	readonly folder: string;
	/** The endpoint at which the engine answers, or the recorded endpoint; undefined if unknown. */
	readonly endpoint: string | undefined;
	/** The version of the running engine, else the recorded version; undefined if unknown. */
	readonly version: string | undefined;
	/** The logs of the recorded start. */
	readonly logs: EngineLogs | undefined;
}

/** An engine that we started and whose process is alive. */
export interface LivingEngine {
	readonly pid: number;
	/** ISO 8601. */
	readonly startedAt: string;
	readonly uptimeMs: number;
}

/** An instance in a storage root, and its state. */
export type EngineInstance = InstanceBasics &
	(
		| ({ readonly kind: "running" } & LivingEngine)
		/** The engine is alive, but has not been healthy since its start. */
		| ({ readonly kind: "starting" } & LivingEngine)
		/** The engine is alive, but does not answer now, or another process has its port. */
		| ({ readonly kind: "unresponsive"; readonly reason: string } & LivingEngine)
		/** The instance has no process. Its engine may have been stopped or may have crashed. */
		| {
				readonly kind: "stopped";
				/** ISO 8601; undefined if no start is recorded. */
				readonly startedAt: string | undefined;
				readonly detail: string | undefined;
		  }
		/** Like `stopped`; in addition, another process has the recorded pid now, or the machine was restarted. */
		| {
				readonly kind: "stale";
				readonly pid: number;
				readonly startedAt: string;
				readonly reason: string;
		  }
		/** A process that we did not start uses the instance's database or port. */
		| { readonly kind: "foreign"; readonly pid: number | undefined; readonly reason: string }
		/** The engine was started where this process cannot look, such as in another container. */
		| {
				readonly kind: "unknown";
				readonly pid: number;
				readonly startedAt: string;
				readonly reason: string;
		  }
	);
