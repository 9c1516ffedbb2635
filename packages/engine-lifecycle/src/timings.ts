/** How long the steps of a start took, in milliseconds. A step that was not needed is absent. */
export interface StartTimings {
	/** The time until the probe found that nothing answers. */
	readonly probeMs?: number;
	/** The wait for other hosts, and the check that still nothing answers. */
	readonly lockMs?: number;
	/** The search for the binary, the test of the ports, the creation of the folders. */
	readonly prepareMs?: number;
	readonly spawnMs?: number;
	/** The time from the spawn to the first healthy answer. */
	readonly readyMs?: number;
	/** The time from the call to its result. */
	readonly totalMs: number;
}

/** Measures steps that follow one another. */
export interface Stopwatch {
	/** Ends the current step under this name. */
	lap(step: Exclude<keyof StartTimings, "totalMs">): void;
	timings(): StartTimings;
}

/** Starts a stopwatch. */
export function startStopwatch(now: () => number = () => performance.now()): Stopwatch {
	const startedAt = now();
	const laps: Record<string, number> = {};
	let lapStartedAt = startedAt;
	return {
		lap: (step) => {
			const at = now();
			laps[step] = at - lapStartedAt;
			lapStartedAt = at;
		},
		timings: () => ({ ...laps, totalMs: now() - startedAt }),
	};
}
