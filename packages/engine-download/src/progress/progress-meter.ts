import { slidingRate } from "./sliding-rate.ts";

/** A phase of a download. In the phase `waiting`, another process downloads the same file. */
export type DownloadPhase = "manifest" | "downloading" | "waiting" | "verifying" | "installing";

/** The progress of a download. */
export interface DownloadProgress {
	readonly phase: DownloadPhase;
	/**
	 * The received bytes: of the manifest in the phase `manifest`, else of the file, including resumed bytes. Never falls
	 * within an attempt.
	 */
	readonly receivedBytes: number;
	/** The size of the file; undefined until it is known. */
	readonly totalBytes: number | undefined;
	/** The rate over the last 5 s, without resumed bytes. */
	readonly bytesPerSecond: number;
	/** The number of the attempt, from 1 for each release server. If an answer restarts the file, a new attempt begins. */
	readonly attempt: number;
	/** The number of bytes of the file that were there when the attempt began. */
	readonly resumedFromBytes: number;
}

/** A listener for the progress of a download. Its errors are ignored. */
export type OnProgress = (progress: DownloadProgress) => void;

/** Reports the progress of a download to a listener, at most ten times a second. */
export interface ProgressMeter {
	/** Enters a phase and reports it. Does nothing if this is the current phase. */
	phase(phase: DownloadPhase): void;
	/** Begins an attempt, with the number of bytes that are already there. */
	beginAttempt(attempt: number, resumedFromBytes: number): void;
	/**
	 * Sets the number of bytes received so far. The end of the file is always reported.
	 *
	 * @param totalBytes - The size of the file; undefined to keep the current value.
	 */
	received(receivedBytes: number, totalBytes?: number | undefined): void;
	/** Enters the phase `waiting`, with the number of bytes that the other process has. */
	waiting(receivedBytes: number): void;
	/** Reports the current progress if nothing was reported for a second. Call it about once a second. */
	tick(): void;
}

/** The least time between two reports, in milliseconds. */
const MIN_GAP_MS = 100;

/** The longest time without a report, in milliseconds. */
const MAX_GAP_MS = 1000;

/**
 * Makes a meter for one download.
 *
 * @param now - Returns the time in milliseconds from a clock that only goes forward. @defaultValue `performance.now`
 */
export function progressMeter(
	onProgress: OnProgress | undefined,
	now: () => number = () => performance.now(),
): ProgressMeter {
	const rate = slidingRate();
	let phase: DownloadPhase | undefined;
	let state = {
		receivedBytes: 0,
		totalBytes: undefined as number | undefined,
		attempt: 1,
		resumedFromBytes: 0,
	};
	let reportedAt = Number.NEGATIVE_INFINITY;

	const report = (): void => {
		if (phase === undefined) return;
		reportedAt = now();
		try {
			onProgress?.({ phase, ...state, bytesPerSecond: rate.perSecond(reportedAt) });
		} catch {
			// An error of the listener must not end the download.
		}
	};
	const reportIfDue = (gapMs = MIN_GAP_MS): void => {
		if (now() - reportedAt >= gapMs) report();
	};
	const enter = (next: DownloadPhase, receivedBytes: number, totalBytes: number | undefined): void => {
		phase = next;
		state = { ...state, receivedBytes, totalBytes };
		rate.restart(now(), receivedBytes);
		report();
	};
	const received = (receivedBytes: number, totalBytes = state.totalBytes): void => {
		const wasComplete = state.receivedBytes === state.totalBytes;
		rate.add(now(), receivedBytes);
		state = { ...state, receivedBytes: Math.max(receivedBytes, state.receivedBytes), totalBytes };
		if (state.receivedBytes === totalBytes && !wasComplete) report();
		else reportIfDue();
	};
	return {
		received,
		phase: (next) => {
			if (next === phase) return;
			// The count starts at 0, both after the manifest and when a wrong digest makes us fetch the file again.
			const totalBytes = phase === "manifest" ? undefined : state.totalBytes;
			const startsOver = phase === "manifest" || (next === "downloading" && phase !== "waiting");
			enter(next, startsOver ? 0 : state.receivedBytes, totalBytes);
		},
		beginAttempt: (attempt, resumedFromBytes) => {
			rate.restart(now(), resumedFromBytes);
			state = { ...state, attempt, resumedFromBytes, receivedBytes: resumedFromBytes };
			reportIfDue();
		},
		waiting: (receivedBytes) => {
			if (phase === "waiting") received(receivedBytes);
			else enter("waiting", receivedBytes, phase === "manifest" ? undefined : state.totalBytes);
		},
		tick: () => reportIfDue(MAX_GAP_MS),
	};
}
