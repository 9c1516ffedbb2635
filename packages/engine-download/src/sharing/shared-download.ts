import type { DownloadProgress } from "../progress/progress-meter.ts";

/** A download that several callers wait for. */
interface SharedDownload<Result> {
	readonly result: Promise<Result>;
	/** The callers whose listeners are called. Two callers may pass the same function. */
	readonly listeners: Set<Caller>;
	readonly abort: AbortController;
	waiting: number;
}

/** The part of a call that is not shared with other calls. */
export interface Caller {
	readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
	readonly signal?: AbortSignal | undefined;
}

/** Starts a download, with one signal and one listener for all its callers. */
export type StartDownload<Result> = (
	signal: AbortSignal,
	onProgress: (progress: DownloadProgress) => void,
) => Promise<Result>;

/** The downloads under way, by their keys. */
export type DownloadsUnderWay<Result> = Map<string, SharedDownload<Result>>;

/**
 * Joins the download under way with this key, or starts it. The abort of one caller does not affect the others; when the
 * last caller has aborted, the download itself is aborted.
 *
 * @throws The error of the download; the reason of the caller's own signal if that aborted.
 */
export async function shareDownload<Result>(
	underWay: DownloadsUnderWay<Result>,
	key: string,
	caller: Caller,
	start: StartDownload<Result>,
): Promise<Result> {
	const { signal } = caller;
	signal?.throwIfAborted();
	const shared = underWay.get(key) ?? begin(underWay, key, start);
	shared.waiting++;
	const listener = { ...caller };
	shared.listeners.add(listener);
	try {
		return await untilAborted(shared.result, signal);
	} finally {
		shared.listeners.delete(listener);
		shared.waiting--;
		if (shared.waiting === 0) {
			// Removed at once: a new call must not join a download that is about to be aborted.
			if (underWay.get(key) === shared) underWay.delete(key);
			shared.abort.abort(signal?.reason);
		}
	}
}

function begin<Result>(
	underWay: DownloadsUnderWay<Result>,
	key: string,
	start: StartDownload<Result>,
): SharedDownload<Result> {
	const abort = new AbortController();
	const listeners = new Set<Caller>();
	const result = start(abort.signal, (progress) => {
		for (const listener of listeners) report(listener, progress);
	});
	const shared: SharedDownload<Result> = { result, listeners, abort, waiting: 0 };
	underWay.set(key, shared);
	const forget = (): void => {
		if (underWay.get(key) === shared) underWay.delete(key);
	};
	result.then(forget, forget);
	return shared;
}

/** Calls a listener. Its error must not keep the progress from the other listeners. */
function report({ onProgress }: Caller, progress: DownloadProgress): void {
	try {
		onProgress?.(progress);
	} catch {
		// A progress bar that fails is no reason for a download to fail.
	}
}

async function untilAborted<Result>(
	result: Promise<Result>,
	signal: AbortSignal | undefined,
): Promise<Result> {
	if (signal === undefined) return await result;
	return await new Promise((resolve, reject) => {
		const onAbort = (): void => reject(signal.reason);
		signal.addEventListener("abort", onAbort, { once: true });
		result.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
	});
}
