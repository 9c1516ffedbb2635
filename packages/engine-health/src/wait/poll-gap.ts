/**
 * The pause before the next request, in milliseconds: 3 % of the time waited so far, at least 5 and at
 * most 50. A start of 250 ms is then asked for every 7 ms, and a slow one costs 20 requests a second.
 */
export function pollGapMs(elapsedMs: number): number {
	return Math.min(50, Math.max(5, elapsedMs * 0.03));
}
