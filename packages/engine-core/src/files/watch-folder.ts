import { type FSWatcher, watch } from "node:fs";
import { requireKnownOptions } from "../known-options.ts";

/** A watch on a folder. Disposing of it ends the watch and the current wait. */
export interface FolderWatch extends Disposable {
	/**
	 * Waits until the folder has changed since the last call, at most `limitMs` milliseconds: some file systems never report
	 * a change. Only one wait at a time is possible.
	 *
	 * @throws The signal's reason if aborted.
	 */
	next(limitMs: number, signal?: AbortSignal): Promise<void>;
}

/** How to watch a folder. */
export interface WatchFolderOptions {
	/** True if a wait for a change keeps the process alive. @defaultValue true */
	readonly keepsAlive?: boolean | undefined;
}

const WATCH_FOLDER_OPTIONS: Readonly<Record<keyof WatchFolderOptions, true>> = { keepsAlive: true };

/**
 * Watches a folder, which need not exist, until it is disposed of.
 *
 * @param isOfInterest - Returns true if a change of the file with this name counts. @defaultValue every change counts
 * @throws EngineError `invalid_option` for an unknown option.
 */
export function watchFolder(
	folder: string,
	isOfInterest: (name: string) => boolean = () => true,
	options: WatchFolderOptions = {},
): FolderWatch {
	requireKnownOptions(options, WATCH_FOLDER_OPTIONS);
	const { keepsAlive = true } = options;
	let hasChanged = false;
	let wake: (() => void) | undefined;
	const onChange = (_event: string, name: string | null): void => {
		if (name !== null && !isOfInterest(name)) return;
		hasChanged = true;
		wake?.();
	};
	const forget = (): void => {
		watcher = undefined;
	};
	let watcher = startWatching(folder, onChange, forget);
	return {
		next: async (limitMs, signal) => {
			signal?.throwIfAborted();
			// The folder may have been created since the last call.
			watcher ??= startWatching(folder, onChange, forget);
			if (!hasChanged) {
				await new Promise<void>((resolve) => {
					const done = (): void => {
						clearTimeout(timer);
						signal?.removeEventListener("abort", done);
						wake = undefined;
						resolve();
					};
					const timer = setTimeout(done, limitMs);
					if (!keepsAlive) timer.unref();
					signal?.addEventListener("abort", done);
					wake = done;
				});
			}
			hasChanged = false;
			signal?.throwIfAborted();
		},
		[Symbol.dispose]: () => {
			watcher?.close();
			wake?.();
		},
	};
}

/** Returns undefined if there is no folder, or if the system's limit of watches is reached. */
function startWatching(
	folder: string,
	onChange: (event: string, name: string | null) => void,
	onEnd: () => void,
): FSWatcher | undefined {
	try {
		// The watch must not keep the process alive: the timer of `next` does that where it is wanted.
		const watcher = watch(folder, { persistent: false }, onChange);
		watcher.on("error", () => watcher.close());
		watcher.on("close", onEnd);
		return watcher;
	} catch {
		return undefined;
	}
}
