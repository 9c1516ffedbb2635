/** The answer of an engine to `GET /health`. */
export interface EngineHealth {
	readonly runtime: "engine";
	readonly status: string | undefined;
	/** For example `2.3.19`. */
	readonly version: string | undefined;
	/** Reported by version 3 and later. */
	readonly architecture: string | undefined;
}
