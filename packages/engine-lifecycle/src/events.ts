import type { EngineHealth, ExitStatus } from "@rivetkit/engine-core";
import type { LockHolder } from "@rivetkit/engine-core/lock";
import type { DownloadProgress } from "@rivetkit/engine-download";
import type { PortHolder } from "@rivetkit/engine-inspect";

/** The name of a start lock, which prevents two engines on one port or on one storage. */
export type StartLock = "guard port" | "instance";

/** A step of a start or reuse, for showing progress. */
export type EngineEvent =
	| { readonly kind: "probing"; readonly endpoint: string }
	/**
	 * A process holds the port, and the answer does not show whether it is an engine. The port is probed again until the
	 * deadline.
	 */
	| { readonly kind: "undecided"; readonly reason: string; readonly holder: PortHolder | undefined }
	/** Another host is starting an engine on the same port or storage. This call reuses that engine when it answers. */
	| { readonly kind: "waiting"; readonly lock: StartLock; readonly holder: LockHolder }
	/** A lock could not be taken, and the start goes on without it. */
	| { readonly kind: "unlocked"; readonly lock: StartLock; readonly reason: string }
	/** Another host has started an engine here that does not answer yet. */
	| { readonly kind: "joining"; readonly pid: number }
	| { readonly kind: "resolving"; readonly version: string }
	| { readonly kind: "downloading"; readonly version: string; readonly progress: DownloadProgress }
	/** Another program is still writing the binary that was found. */
	| { readonly kind: "settling"; readonly path: string; readonly reason: string }
	| {
			readonly kind: "resolved";
			readonly path: string;
			readonly source: string;
			readonly version: string | undefined;
	  }
	/** The engine was spawned, and recorded so that other processes can find it. */
	| { readonly kind: "spawned"; readonly pid: number; readonly stdoutLog: string; readonly stderrLog: string }
	/**
	 * Another engine has the leader lease of the PostgreSQL database, and the spawned engine waits for it. If the other
	 * engine has died, the lease runs out after some ten seconds.
	 */
	| { readonly kind: "awaiting-lease"; readonly pid: number }
	/** The engine answers, but its database does not answer yet. */
	| { readonly kind: "awaiting-database"; readonly reason: string }
	| { readonly kind: "reusing"; readonly health: EngineHealth }
	| { readonly kind: "healthy"; readonly health: EngineHealth }
	/** The running engine is ended so that a new engine can take its place. */
	| { readonly kind: "replacing"; readonly pid: number }
	/** The engine has ended, and no program is known to have asked for that. */
	| {
			readonly kind: "crashed";
			readonly pid: number | undefined;
			readonly status: ExitStatus;
			/** The last lines of the engine's logs, oldest first; empty if they are not known. */
			readonly logTail: readonly string[];
			/** The cause of the end, in one phrase, as far as it is known. */
			readonly reason: string;
			/** The advice for the user, where there is one. */
			readonly hint: string | undefined;
	  }
	/** A crashed engine will be started again, unless another program starts it first. */
	| { readonly kind: "restarting"; readonly waitMs: number; readonly attempt: number }
	/** An engine answers again, started by this program or by another. */
	| { readonly kind: "restarted"; readonly pid: number | undefined }
	/** The crashed engine will not be started again. */
	| {
			readonly kind: "gave-up";
			/** The number of recent restarts, failed attempts included. */
			readonly restarts: number;
			/** The last log lines of the last engine, or of the last attempt to start one. */
			readonly logTail: readonly string[];
			readonly reason: string;
	  };
