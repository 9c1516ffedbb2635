/** The result of a stop. */
export type StopResult =
	| {
			readonly kind: "stopped";
			readonly endpoint: string;
			readonly pid: number;
			/** `killed` if the engine did not end within the grace. */
			readonly outcome: "exited" | "killed";
			readonly tookMs: number;
	  }
	/** There was nothing to stop. `detail` is set if the record names another engine, or an engine that is gone. */
	| { readonly kind: "not-running"; readonly endpoint: string; readonly detail: string | undefined };
