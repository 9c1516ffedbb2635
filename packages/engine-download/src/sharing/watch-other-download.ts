import { pause } from "@rivetkit/engine-core";

/** The time between two checks of the other download's progress, in milliseconds. */
const LOOK_GAP_MS = 200;

/** Watches the progress of another process's download. Disposing stops the watch. */
export interface OtherDownloadWatch extends Disposable {
	start(): void;
	stop(): void;
	/** Returns the last observed size. */
	readonly lastSeen: () => number | undefined;
}

/**
 * Prepares to watch the file that another process writes. The watch begins with `start`.
 *
 * @param look - Returns the size of the file; undefined if there is no file. If it fails, the watch ends.
 */
export function watchOtherDownload(
	look: () => Promise<number | undefined>,
	onSeen: (bytes: number) => void,
): OtherDownloadWatch {
	const over = new AbortController();
	let isWatching = false;
	let latest: number | undefined;
	const watch = async (): Promise<void> => {
		while (!over.signal.aborted) {
			await pause(LOOK_GAP_MS, { signal: over.signal });
			const bytes = await look();
			if (over.signal.aborted || bytes === undefined) continue;
			latest = bytes;
			onSeen(bytes);
		}
	};
	const stop = (): void => over.abort();
	return {
		start: () => {
			// An error ends only the progress reports: the waiting process still gets the lock.
			if (!isWatching) watch().catch(() => {});
			isWatching = true;
		},
		stop,
		lastSeen: () => latest,
		[Symbol.dispose]: stop,
	};
}
