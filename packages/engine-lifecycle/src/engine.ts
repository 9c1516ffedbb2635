import type { EngineHealth, EngineLogs, ExitStatus } from "@rivetkit/engine-core";
import type { EngineRecord } from "@rivetkit/engine-instances";
import type { ResolvedBinary } from "@rivetkit/engine-resolver";
import type { StartTimings } from "./timings.ts";

/** A difference between a running engine and what was asked for. */
export interface Mismatch {
	readonly field: "version" | "bindHost" | "publicUrl" | "storage" | "messaging" | "adminToken";
	readonly expected: string;
	/** Undefined if it is not known. */
	readonly actual: string | undefined;
}

/** How a call got its engine. */
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
			/** The record of its start; undefined if we did not start it. */
			readonly record: EngineRecord | undefined;
			/** The differences from what was asked for. */
			readonly mismatch: readonly Mismatch[];
			readonly timings: StartTimings;
	  }
	/** An engine that is managed elsewhere: no request was sent to it. */
	| { readonly kind: "remote"; readonly timings: StartTimings };

/**
 * A running engine. There is no `stop` on it, since it may serve other programs: see `stopEngine`. Disposing of the
 * handle ends the watch, not the engine.
 */
export interface Engine extends AsyncDisposable {
	/** The URL to connect to, without credentials. */
	readonly endpoint: string;
	/** How the call got the engine; a restart after a crash does not change this. */
	readonly startup: EngineStartup;
	/** The engine's answer when it was found or first became ready; undefined for a remote engine that was not asked. */
	readonly health: EngineHealth | undefined;
	/**
	 * Resolves when the engine has ended, with `unknown` if another process started it. Never resolves for a remote
	 * engine, nor after disposal. With `onCrash: "restart"` a crash resolves it only if no restart follows, and a
	 * restart by another program does not resolve it. Otherwise a reused engine is watched from the first access on.
	 */
	readonly exited: Promise<ExitStatus>;
}
