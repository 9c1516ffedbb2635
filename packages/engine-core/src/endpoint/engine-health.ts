/** The answer of an engine to `GET /health`. */
export interface EngineHealth {
	readonly runtime: "engine";
	readonly status: string | undefined;
	/** Such as `2.3.19`. */
	readonly version: string | undefined;
	/** Set from version 3 on. */
	readonly architecture: string | undefined;
}
