/** Measures how fast a count has grown recently. */
export interface SlidingRate {
	/** Starts the measurement at a count. */
	restart(nowMs: number, count: number): void;
	/** Adds a sample of the count. A count that is lower than before has started again at 0. */
	add(nowMs: number, count: number): void;
	/** Returns the growth per second, rounded. */
	perSecond(nowMs: number): number;
}

/** The window of the measurement, in milliseconds: long enough for a steady rate, short enough to follow a change. */
const WINDOW_MS = 5000;

/** The minimum time between two samples, in milliseconds. A later sample replaces an earlier sample that is closer. */
const SAMPLE_MS = 100;

/** Makes a rate over the last 5 s, or over the time since its start if that is shorter. */
export function slidingRate(): SlidingRate {
	let samples: { readonly atMs: number; readonly grown: number }[] = [];
	let grown = 0;
	let last = 0;
	// The newest sample at or before the start of the window is kept, because growth is measured from it.
	const forget = (nowMs: number): void => {
		const firstWithin = samples.findIndex(({ atMs }) => atMs > nowMs - WINDOW_MS);
		samples = samples.slice(firstWithin === -1 ? -1 : Math.max(firstWithin - 1, 0));
	};
	return {
		restart: (nowMs, count) => {
			grown = 0;
			last = count;
			samples = [{ atMs: nowMs, grown }];
		},
		add: (nowMs, count) => {
			grown += count < last ? count : count - last;
			last = count;
			// The last sample must hold the current count. In a stall it is the only one left, and growth after it would
			// count for ever.
			const before = samples.at(-2);
			if (before !== undefined && nowMs - before.atMs < SAMPLE_MS) samples.pop();
			samples.push({ atMs: nowMs, grown });
			forget(nowMs);
		},
		perSecond: (nowMs) => {
			forget(nowMs);
			const [oldest] = samples;
			if (oldest === undefined || nowMs <= oldest.atMs) return 0;
			return Math.round(((grown - oldest.grown) * 1000) / Math.min(nowMs - oldest.atMs, WINDOW_MS));
		},
	};
}
