import type { DownloadProgress } from "../progress/progress-meter.ts";

/** One download that several callers wait for. */
interface Shared<Result> {
	readonly result: Promise<Result>;
	/** The callers that are told; several may have the same function. */
	readonly listeners: Set<Caller>;
	readonly abort: AbortController;
	waiting: number;
}

/** Somebody who wants the result of a download. */
export interface Caller {
	readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
	readonly signal?: AbortSignal | undefined;
}

/** What a download is given: one signal and one listener for all its callers. */
export type Start<Result> = (
	signal: AbortSignal,
	onProgress: (progress: DownloadProgress) => void,
) => Promise<Result>;

/** The downloads that are under way, by what they fetch. */
export type DownloadsUnderWay<Result> = Map<string, Shared<Result>>;

/**
 * Joins the download of a key that is under way, or starts it. A caller that aborts leaves the others alone;
 * the download itself is aborted when the last one has.
 *
 * @throws What the download throws; the caller's signal's reason if that aborted.
 */
export async function shareDownload<Result>(
	underWay: DownloadsUnderWay<Result>,
	key: string,
	caller: Caller,
	start: Start<Result>,
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
			// Nobody may join what is about to be aborted.
			if (underWay.get(key) === shared) underWay.delete(key);
			shared.abort.abort(signal?.reason);
		}
	}
}

function begin<Result>(
	underWay: DownloadsUnderWay<Result>,
	key: string,
	start: Start<Result>,
): Shared<Result> {
	const abort = new AbortController();
	const listeners = new Set<Caller>();
	const result = start(abort.signal, (progress) => {
		for (const listener of listeners) tell(listener, progress);
	});
	const shared: Shared<Result> = { result, listeners, abort, waiting: 0 };
	underWay.set(key, shared);
	const forget = (): void => {
		if (underWay.get(key) === shared) underWay.delete(key);
	};
	result.then(forget, forget);
	return shared;
}

/** One progress bar that fails must not keep the others from being told. */
function tell({ onProgress }: Caller, progress: DownloadProgress): void {
	try {
		onProgress?.(progress);
	} catch {
		// Nor is it a reason for a download to fail.
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
