import type { EngineLogs } from "@rivetkit/engine-core";

/** What is known of every instance, whatever it does. */
export interface InstanceBasics {
	/** Empty for the default instance. */
	readonly name: string;
	readonly folder: string;
	/** Where its engine answers, or is recorded to have answered. Undefined where nothing tells. */
	readonly endpoint: string | undefined;
	/** Of the engine that runs, else of the one that is recorded. Undefined where nothing tells. */
	readonly version: string | undefined;
	/** Of the recorded start. */
	readonly logs: EngineLogs | undefined;
}

/** An engine that we started and whose process is alive. */
export interface LivingEngine {
	readonly pid: number;
	/** ISO 8601. */
	readonly startedAt: string;
	readonly uptimeMs: number;
}

/** One instance of a storage root, and what it does. */
export type EngineInstance = InstanceBasics &
	(
		| ({ readonly kind: "running" } & LivingEngine)
		/** It was never healthy so far. */
		| ({ readonly kind: "starting" } & LivingEngine)
		/** It was healthy, lives, and does not answer now. */
		| ({ readonly kind: "unresponsive"; readonly reason: string } & LivingEngine)
		/** No process of it is left. Whether it was stopped or has crashed is not recorded. */
		| {
				readonly kind: "stopped";
				/** ISO 8601; undefined if no start is recorded. */
				readonly startedAt: string | undefined;
				readonly detail: string | undefined;
		  }
		/** As `stopped`, and the recorded pid means another process by now, or nothing, as the machine was restarted. */
		| {
				readonly kind: "stale";
				readonly pid: number;
				readonly startedAt: string;
				readonly reason: string;
		  }
		/** What we did not start is in its place: an engine on its database, or another program on its port. */
		| { readonly kind: "foreign"; readonly pid: number | undefined; readonly reason: string }
		/** It was started where this process cannot look, such as in another container. */
		| {
				readonly kind: "unknown";
				readonly pid: number;
				readonly startedAt: string;
				readonly reason: string;
		  }
	);
