/** How fast a count has grown lately. */
export interface SlidingRate {
	/** The count at a time, from which on growth is counted. */
	restart(nowMs: number, count: number): void;
	/** The count now. If it has fallen, it has begun anew at 0. */
	add(nowMs: number, count: number): void;
	/** By how much it has grown in a second, rounded. */
	perSecond(nowMs: number): number;
}

/** Short enough to follow a change, long enough not to jump. */
const WINDOW_MS = 5000;

/** Of samples that are closer together than this, the later one is kept. */
const SAMPLE_MS = 100;

/** A rate over the last 5 s, or since the last restart if that is less. */
export function slidingRate(): SlidingRate {
	let samples: { readonly atMs: number; readonly grown: number }[] = [];
	let grown = 0;
	let last = 0;
	// The oldest one stands at the window's beginning or before it; what has come since has come within.
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
			// The last one always is what is true now, or what came after it would count for ever.
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
