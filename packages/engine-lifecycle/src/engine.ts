import type { EngineHealth, EngineLogs, ExitStatus } from "@rivetkit/engine-core";
import type { EngineRecord } from "@rivetkit/engine-instances";
import type { ResolvedBinary } from "@rivetkit/engine-resolver";
import type { StartTimings } from "./timings.ts";

/** One thing in which a running engine differs from what was asked for. */
export interface Mismatch {
	readonly field: "version" | "bindHost" | "publicUrl" | "storage" | "messaging" | "adminToken";
	readonly expected: string;
	/** Undefined where it cannot be told. */
	readonly actual: string | undefined;
}

/** How an engine came to be there. */
export type EngineStartup =
	| {
			readonly kind: "spawned";
			readonly pid: number;
			readonly binary: ResolvedBinary;
			readonly version: string | undefined;
			readonly logs: EngineLogs;
			readonly timings: StartTimings;
	  }
	| {
			readonly kind: "reused";
			readonly version: string | undefined;
			/** What is recorded of its start, if we started it. */
			readonly record: EngineRecord | undefined;
			/** In what it differs from what was asked for. */
			readonly mismatch: readonly Mismatch[];
			readonly timings: StartTimings;
	  }
	/** Not managed here: nothing was asked of it. */
	| { readonly kind: "remote"; readonly timings: StartTimings };

/**
 * A running engine. There is no `stop` on it, since it may serve others: see `stopEngine`. Disposing ends
 * the watching of the engine, not the engine.
 */
export interface Engine extends AsyncDisposable {
	/** The URL to connect to, without credentials. */
	readonly endpoint: string;
	/** How it came to be there at first; a restart after a crash changes nothing of it. */
	readonly startup: EngineStartup;
	/** What it said when it was found or first became ready; undefined for a remote engine that was not asked. */
	readonly health: EngineHealth | undefined;
	/**
	 * Resolves when the engine has ended; `unknown` for one that was not started here. Never for a remote
	 * engine, nor after disposal. With `onCrash: "restart"` a crash resolves it only when no restart will follow,
	 * and a restart by another program not at all. Without that, a reused engine is watched from the first
	 * access on.
	 */
	readonly exited: Promise<ExitStatus>;
}
