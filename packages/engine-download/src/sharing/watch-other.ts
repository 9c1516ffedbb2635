import { pause } from "@rivetkit/engine-core";

/** Between two looks at how far another download has come, in milliseconds. */
const LOOK_GAP_MS = 200;

/** Looks again and again at how far somebody else has come. */
export interface OtherWatch extends Disposable {
	begin(): void;
	end(): void;
	/** What was seen last. */
	readonly seen: () => number | undefined;
}

/**
 * Prepares to look at a file that somebody else writes; `begin` begins, and `end` or disposing ends it.
 *
 * @param look - How many bytes there are; undefined if there is no file. What it throws ends the watch.
 */
export function watchOther(
	look: () => Promise<number | undefined>,
	onSeen: (bytes: number) => void,
): OtherWatch {
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
	const end = (): void => over.abort();
	return {
		begin: () => {
			// Whatever goes wrong here, whoever waits has the lock to go by.
			if (!isWatching) watch().catch(() => {});
			isWatching = true;
		},
		end,
		seen: () => latest,
		[Symbol.dispose]: end,
	};
}
