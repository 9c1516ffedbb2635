import type { EngineHealth } from "@rivetkit/engine-core";
import type { PortHolder } from "@rivetkit/engine-spawn";

/** A step of a start or reuse, for showing progress. */
export type EngineEvent =
	| { readonly kind: "probing"; readonly endpoint: string }
	/** Something holds the port and gives no answer that would decide; it is asked again until the deadline. */
	| { readonly kind: "undecided"; readonly reason: string; readonly holder: PortHolder | undefined }
	/** Another host has started an engine here that does not answer yet. */
	| { readonly kind: "joining"; readonly pid: number }
	| { readonly kind: "resolving"; readonly version: string }
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
