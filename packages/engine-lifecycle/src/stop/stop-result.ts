/** What came of a stop. */
export type StopResult =
	| {
			readonly kind: "stopped";
			readonly endpoint: string;
			readonly pid: number;
			/** `killed` if the engine did not end within the grace. */
			readonly outcome: "exited" | "killed";
			readonly tookMs: number;
	  }
	/** Nothing answers. `detail` says what a record that is out of date was about. */
	| { readonly kind: "not-running"; readonly endpoint: string; readonly detail: string | undefined };
