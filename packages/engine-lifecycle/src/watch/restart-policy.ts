/** The facts behind a decision about a crashed engine. All times are milliseconds since 1970, as other processes share them. */
export interface CrashHistory {
	readonly crashedAt: number;
	/** The times of the engine's restarts after earlier crashes, in any order. */
	readonly restarts: readonly number[];
	readonly now: number;
	/**
	 * A random number from 0 to 1, one for each crash, so that several watching programs do not start an engine at the
	 * same moment.
	 */
	readonly chance: number;
}

/** The decision whether a crashed engine is started again. */
export type RestartVerdict =
	/** `attempt` counts from 1. The restart is due when `waitMs` is 0. */
	| { readonly kind: "restart"; readonly attempt: number; readonly waitMs: number }
	| { readonly kind: "give-up"; readonly restarts: number };

/** The wait before the first restart, in milliseconds, and the least wait before any other. */
const FIRST_WAIT_MS = 1000;

/** Between two restarts, in milliseconds: engines that were restarted faster stalled writes for up to 22 s. */
const GAP_MS = 30_000;

/** The part of the gap that chance may add to it. */
const JITTER = 0.2;

/** The most restarts within the window. */
const MOST_RESTARTS = 5;
const WINDOW_MS = 600_000;

/**
 * Decides whether and when a crashed engine is started again: first a second after the crash, then half a
 * minute after the restart before, at most five times in ten minutes.
 */
export function restartVerdict({ crashedAt, restarts, now, chance }: CrashHistory): RestartVerdict {
	// A time ahead of now was written before the clock was set back, and does not count.
	const recent = restarts.filter((at) => at <= now && at > now - WINDOW_MS);
	if (recent.length >= MOST_RESTARTS) return { kind: "give-up", restarts: recent.length };
	const gapMs = GAP_MS * (1 + JITTER * chance);
	const last = Math.max(...recent);
	const due = Math.max(crashedAt + FIRST_WAIT_MS, last + gapMs);
	// Never longer than a gap, also if the clock was set back since the crash.
	const waitMs = Math.ceil(Math.min(gapMs, Math.max(0, due - now)));
	return { kind: "restart", attempt: recent.length + 1, waitMs };
}
