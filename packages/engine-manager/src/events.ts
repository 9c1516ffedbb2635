import type { EngineHealth } from "@rivetkit/engine-core";
import type { LockHolder } from "@rivetkit/engine-core/lock";
import type { DownloadProgress } from "@rivetkit/engine-download";
import type { PortHolder } from "@rivetkit/engine-spawn";

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
	| { readonly kind: "reusing"; readonly health: EngineHealth }
	| { readonly kind: "healthy"; readonly health: EngineHealth };
