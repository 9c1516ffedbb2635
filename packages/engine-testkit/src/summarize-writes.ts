/** A write that was answered with success, with times of `performance.now()`. */
export interface AcknowledgedWrite {
	readonly name: string;
	readonly startedAt: number;
	readonly acknowledgedAt: number;
}

/** The outcome of a load. */
export interface WritersSummary {
	/** The names that engines acknowledged. Other names may have been written without an answer. */
	readonly acknowledged: readonly string[];
	readonly attempts: number;
	readonly failures: number;
	/** The reason of the last failure. */
	readonly lastFailure: string | undefined;
	/** The longest time without an acknowledgement of any writer, from the start to the end of the load. */
	readonly longestPauseMs: number;
	readonly acknowledgedPerSecond: number;
}

/** Sums up writes, which are in the order of their acknowledgements. */
export function summarizeWrites(load: {
	readonly startedAt: number;
	readonly endedAt: number;
	readonly writes: readonly AcknowledgedWrite[];
	readonly attempts: number;
	readonly lastFailure: string | undefined;
}): WritersSummary {
	const { startedAt, endedAt, writes, attempts, lastFailure } = load;
	return {
		acknowledged: writes.map(({ name }) => name),
		attempts,
		failures: attempts - writes.length,
		lastFailure,
		longestPauseMs: longestGap([startedAt, ...writes.map((one) => one.acknowledgedAt), endedAt]),
		acknowledgedPerSecond: (writes.length * 1000) / (endedAt - startedAt),
	};
}

function longestGap(times: readonly number[]): number {
	return times.reduce((longest, time, index) => Math.max(longest, time - (times[index - 1] ?? time)), 0);
}
