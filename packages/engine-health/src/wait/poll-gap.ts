/**
 * Returns the pause before the next request, in milliseconds: 3 % of the time waited so far, at least 5 and at most 50.
 * An engine that starts in 250 ms is asked with pauses of 5 to 8 ms, and a slow start at most 20 requests a second.
 */
export function pollGapMs(elapsedMs: number): number {
	return Math.min(50, Math.max(5, elapsedMs * 0.03));
}
