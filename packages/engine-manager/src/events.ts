import type { EngineHealth } from "@rivetkit/engine-core";
import type { PortHolder } from "@rivetkit/engine-spawn";

/** A step of a start or reuse, for showing progress. */
export type EngineEvent =
	| { readonly kind: "probing"; readonly endpoint: string }
	/** Something holds the port and gives no answer that would decide; it is asked again until the deadline. */
	| { readonly kind: "undecided"; readonly reason: string; readonly holder: PortHolder | undefined }
	| { readonly kind: "resolving"; readonly version: string }
	| { readonly kind: "resolved"; readonly path: string; readonly source: string; readonly version: string | undefined }
	| { readonly kind: "spawned"; readonly pid: number; readonly stdoutLog: string; readonly stderrLog: string }
	| { readonly kind: "reusing"; readonly health: EngineHealth }
	| { readonly kind: "healthy"; readonly health: EngineHealth };
