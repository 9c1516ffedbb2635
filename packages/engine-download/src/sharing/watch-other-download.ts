import { pause } from "@rivetkit/engine-core";

/** The time between two looks at the progress of the other download, in milliseconds. */
const LOOK_GAP_MS = 200;

/** Watches how far a download of another process has come. Disposing stops the watch. */
export interface OtherDownloadWatch extends Disposable {
	start(): void;
	stop(): void;
	/** Returns the size that was seen last. */
	readonly lastSeen: () => number | undefined;
}

/**
 * Prepares to watch the file that another process writes. It looks at nothing before `start`.
 *
 * @param look - Gives the size of the file; undefined if there is no file. An error of it ends the watch.
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
			// An error ends the progress only: the waiting process still gets the lock.
			if (!isWatching) watch().catch(() => {});
			isWatching = true;
		},
		stop,
		lastSeen: () => latest,
		[Symbol.dispose]: stop,
	};
}
