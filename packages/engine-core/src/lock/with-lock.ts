import { requireKnownOptions } from "../known-options.ts";
import { type Logger, silentLogger } from "../logger.ts";
import { acquireLock } from "./acquire.ts";
import type { LockHolder } from "./record.ts";
import { releaseGeneration } from "./release.ts";

/** How to take a lock. */
export interface LockOptions {
	/** The purpose of the lock; shown to waiting processes. @defaultValue empty */
	readonly purpose?: string | undefined;
	/**
	 * How long to wait for the same holder, in milliseconds; then the task runs without the lock. The wait ends early if
	 * the holder is found dead. @defaultValue 60000
	 */
	readonly timeoutMs?: number | undefined;
	/**
	 * Returns how far the holder's task has come, for example the size of the file that it writes; called often. `timeoutMs`
	 * counts from the last change of this value. @defaultValue the value never changes
	 */
	readonly progress?: (() => string | number | undefined) | undefined;
	/** Ends the wait; `withLock` then rejects with the signal's reason. The task is not affected. */
	readonly signal?: AbortSignal | undefined;
	/** Called when a wait for a holder begins, and again for each later holder. */
	readonly onWait?: ((holder: LockHolder) => void) | undefined;
	/** Gets warnings about unusable lock files and about locks that could not be released. @defaultValue silent */
	readonly logger?: Logger | undefined;
}

const LOCK_OPTIONS: Readonly<Record<keyof LockOptions, true>> = {
	purpose: true,
	timeoutMs: true,
	progress: true,
	signal: true,
	onWait: true,
	logger: true,
};

/** State of the lock while a task runs. */
export type LockState =
	| { readonly kind: "held" }
	/** The lock could not be taken. The task decides whether to continue. */
	| { readonly kind: "unavailable"; readonly reason: string; readonly holder: LockHolder | undefined };

/**
 * Runs a task while no other task runs under the lock of the same folder, in all processes of this machine. The lock of a
 * killed process is free at once; nothing has to be cleaned up by hand.
 *
 * The lock is a courtesy, not a guarantee: if the file system has no hard links or cannot be written, or if the holder
 * does not release the lock and cannot be proven dead, the task runs without the lock, and its argument says so.
 *
 * @param folder - A folder for this lock alone, created if it is missing. Its content must not be deleted while the lock
 * is in use.
 * @returns What the task returns.
 * @throws What the task throws; EngineError `invalid_option` for an unknown option; the signal's reason if aborted while waiting.
 */
export async function withLock<Result>(
	folder: string,
	task: (lock: LockState) => Promise<Result>,
	options: LockOptions = {},
): Promise<Result> {
	requireKnownOptions(options, LOCK_OPTIONS);
	const { purpose = "", timeoutMs = 60_000, logger = silentLogger, progress, signal, onWait } = options;
	const acquired = await acquireLock(folder, { purpose, timeoutMs, logger, progress, signal, onWait });
	if (acquired.kind === "unavailable") return await task(acquired);
	try {
		return await task({ kind: "held" });
	} finally {
		releaseGeneration(acquired.generation, logger);
	}
}
