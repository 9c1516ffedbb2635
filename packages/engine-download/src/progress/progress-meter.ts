import { slidingRate } from "./sliding-rate.ts";

/** What a download is doing. `waiting`: for another process that downloads the same. */
export type DownloadPhase = "manifest" | "downloading" | "waiting" | "verifying" | "installing";

/** How far a download has come. */
export interface DownloadProgress {
	readonly phase: DownloadPhase;
	/** Of the manifest in its phase, else of the file, with what was resumed. Never falls within an attempt. */
	readonly receivedBytes: number;
	/** Undefined as long as no server has said it. */
	readonly totalBytes: number | undefined;
	/** Over the last 5 s, without what was resumed. */
	readonly bytesPerSecond: number;
	/** From 1 on, for each release server anew; also counted where a server begins the file anew rather than go on. */
	readonly attempt: number;
	/** How many bytes were there when the attempt began. */
	readonly resumedFromBytes: number;
}

/** Told how far a download has come. What it throws is ignored. */
export type OnProgress = (progress: DownloadProgress) => void;

/** Tells a listener how far a download has come, at most ten times a second. */
export interface ProgressMeter {
	/** A new phase, which is always told. The same one again is none. */
	phase(phase: DownloadPhase): void;
	/** An attempt, at which so many bytes are there already. */
	beginAttempt(attempt: number, resumedFromBytes: number): void;
	/**
	 * How many bytes of the whole file there are now. All of them is always told.
	 *
	 * @param totalBytes - Undefined if it is still what it was.
	 */
	received(receivedBytes: number, totalBytes?: number | undefined): void;
	/** The phase `waiting`, and how many bytes the other process has. */
	waiting(receivedBytes: number): void;
	/** To be called about once a second: tells what is true now if nothing was told for that long, as in a stall. */
	tick(): void;
}

/** Ten times a second. */
const GAP_MS = 100;

/** How long nothing may be told, in milliseconds. */
const LONGEST_GAP_MS = 1000;

/**
 * A meter for one download.
 *
 * @param now - A clock in milliseconds that only goes forward. @defaultValue `performance.now`
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
	let toldAt = Number.NEGATIVE_INFINITY;

	const tell = (): void => {
		if (phase === undefined) return;
		toldAt = now();
		try {
			onProgress?.({ phase, ...state, bytesPerSecond: rate.perSecond(toldAt) });
		} catch {
			// A progress bar that fails is no reason for a download to.
		}
	};
	const tellIfDue = (gapMs = GAP_MS): void => {
		if (now() - toldAt >= gapMs) tell();
	};
	const enter = (next: DownloadPhase, receivedBytes: number, totalBytes: number | undefined): void => {
		phase = next;
		state = { ...state, receivedBytes, totalBytes };
		rate.restart(now(), receivedBytes);
		tell();
	};
	const received = (receivedBytes: number, totalBytes = state.totalBytes): void => {
		const wasComplete = state.receivedBytes === state.totalBytes;
		rate.add(now(), receivedBytes);
		state = { ...state, receivedBytes: Math.max(receivedBytes, state.receivedBytes), totalBytes };
		if (state.receivedBytes === totalBytes && !wasComplete) tell();
		else tellIfDue();
	};
	return {
		received,
		phase: (next) => {
			if (next === phase) return;
			// The bytes of a manifest are not those of the file, and what was verified in vain comes once more.
			const totalBytes = phase === "manifest" ? undefined : state.totalBytes;
			const isAnew = phase === "manifest" || (next === "downloading" && phase !== "waiting");
			enter(next, isAnew ? 0 : state.receivedBytes, totalBytes);
		},
		beginAttempt: (attempt, resumedFromBytes) => {
			rate.restart(now(), resumedFromBytes);
			state = { ...state, attempt, resumedFromBytes, receivedBytes: resumedFromBytes };
			tellIfDue();
		},
		waiting: (receivedBytes) => {
			if (phase === "waiting") received(receivedBytes);
			else enter("waiting", receivedBytes, phase === "manifest" ? undefined : state.totalBytes);
		},
		tick: () => tellIfDue(LONGEST_GAP_MS),
	};
}
