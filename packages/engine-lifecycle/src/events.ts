import type { EngineHealth, ExitStatus } from "@rivetkit/engine-core";
import type { LockHolder } from "@rivetkit/engine-core/lock";
import type { DownloadProgress } from "@rivetkit/engine-download";
import type { PortHolder } from "@rivetkit/engine-inspect";

/** What a start locks: no two engines on one port, no two on one storage. */
export type StartLock = "guard port" | "instance";

/** A step of a start or reuse, for showing progress. */
export type EngineEvent =
	| { readonly kind: "probing"; readonly endpoint: string }
	/** Something holds the port and gives no answer that would decide; it is asked again until the deadline. */
	| { readonly kind: "undecided"; readonly reason: string; readonly holder: PortHolder | undefined }
	/** Another host is starting an engine on the same port or storage; its engine is reused when it answers. */
	| { readonly kind: "waiting"; readonly lock: StartLock; readonly holder: LockHolder }
	/** A lock could not be had, and the start goes on without it. */
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
	/** And recorded, so that other processes can find it. */
	| { readonly kind: "spawned"; readonly pid: number; readonly stdoutLog: string; readonly stderrLog: string }
	/**
	 * Another engine has the leader's lease of the PostgreSQL database. If that engine has died, the lease runs out after
	 * some ten seconds, which the one that was spawned waits for.
	 */
	| { readonly kind: "awaiting-lease"; readonly pid: number }
	/** It answers, and its database does not yet. */
	| { readonly kind: "awaiting-database"; readonly reason: string }
	| { readonly kind: "reusing"; readonly health: EngineHealth }
	| { readonly kind: "healthy"; readonly health: EngineHealth }
	/** The engine that runs is ended, so that another can take its place. */
	| { readonly kind: "replacing"; readonly pid: number }
	/** The engine has ended, and nobody seems to have asked for it. */
	| {
			readonly kind: "crashed";
			readonly pid: number | undefined;
			readonly status: ExitStatus;
			/** The last lines of its logs, oldest first; empty where they are not known. */
			readonly logTail: readonly string[];
			/** What ended it, in one phrase, as far as that can be told. */
			readonly reason: string;
			/** What to do about it, where that is known. */
			readonly hint: string | undefined;
	  }
	/** A crashed engine will be started again, unless somebody else does so before. */
	| { readonly kind: "restarting"; readonly waitMs: number; readonly attempt: number }
	/** An engine answers again, whoever has started it. */
	| { readonly kind: "restarted"; readonly pid: number | undefined }
	/** A crashed engine is not started again any more. */
	| {
			readonly kind: "gave-up";
			/** How often it was started again of late. */
			readonly restarts: number;
			/** Of the last engine, or of the last attempt to start one. */
			readonly logTail: readonly string[];
			readonly reason: string;
	  };
