import type { DownloadProgress } from "../progress/progress-meter.ts";

/** A download that several callers wait for. */
interface SharedDownload<Result> {
	readonly result: Promise<Result>;
	/** The callers, not their listeners, because two callers may pass the same function. */
	readonly listeners: Set<Caller>;
	readonly abort: AbortController;
	waiting: number;
}

/** The parts of a call that each caller has separately. */
export interface Caller {
	readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
	readonly signal?: AbortSignal | undefined;
}

/** Starts a download, with one signal and one listener for all its callers. */
export type StartDownload<Result> = (
	signal: AbortSignal,
	onProgress: (progress: DownloadProgress) => void,
) => Promise<Result>;

/** The running downloads by their keys. */
export type DownloadsUnderWay<Result> = Map<string, SharedDownload<Result>>;

/**
 * Joins the running download with this key, or starts it. If one caller aborts, the others go on; when the last caller
 * has aborted, the download itself is aborted.
 *
 * @throws The error of the download; the reason of the caller's signal if aborted.
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
		// An error of the listener must not end the download.
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
