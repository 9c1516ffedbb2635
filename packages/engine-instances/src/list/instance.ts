import type { EngineLogs } from "@rivetkit/engine-core";

/** The properties of every instance, whatever it does. */
export interface InstanceBasics {
	/** Empty for the default instance. */
	readonly name: string;
	readonly folder: string;
	/** The endpoint at which its engine answers, or is recorded to have answered; undefined if unknown. */
	readonly endpoint: string | undefined;
	/** The version of the engine that runs, else of the recorded engine; undefined if unknown. */
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

/** An instance of a storage root, and what it does. */
export type EngineInstance = InstanceBasics &
	(
		| ({ readonly kind: "running" } & LivingEngine)
		/** The engine was never healthy so far. */
		| ({ readonly kind: "starting" } & LivingEngine)
		/** The engine was healthy, lives, and does not answer now. */
		| ({ readonly kind: "unresponsive"; readonly reason: string } & LivingEngine)
		/** No process of the instance is left. The record does not say whether its engine was stopped or has crashed. */
		| {
				readonly kind: "stopped";
				/** ISO 8601; undefined if no start is recorded. */
				readonly startedAt: string | undefined;
				readonly detail: string | undefined;
		  }
		/** As `stopped`, and the recorded pid belongs to another process by now, or the machine was restarted. */
		| {
				readonly kind: "stale";
				readonly pid: number;
				readonly startedAt: string;
				readonly reason: string;
		  }
		/** A process that we did not start is in its place: an engine on its database, or another program on its port. */
		| { readonly kind: "foreign"; readonly pid: number | undefined; readonly reason: string }
		/** The engine was started where this process cannot look, such as in another container. */
		| {
				readonly kind: "unknown";
				readonly pid: number;
				readonly startedAt: string;
				readonly reason: string;
		  }
	);
