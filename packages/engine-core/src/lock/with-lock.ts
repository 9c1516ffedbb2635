import { requireKnownOptions } from "../known-options.ts";
import { type Logger, silentLogger } from "../logger.ts";
import { acquireLock } from "./acquire.ts";
import type { LockHolder } from "./record.ts";
import { releaseGeneration } from "./release.ts";

/** How to take a lock. */
export interface LockOptions {
	/** What the lock is taken for, told to those who wait. @defaultValue empty */
	readonly purpose?: string | undefined;
	/**
	 * How long one and the same holder is waited for, in milliseconds, unless it is proven dead, which ends
	 * the wait at once. After that the task runs without the lock. @defaultValue 60000
	 */
	readonly timeoutMs?: number | undefined;
	/**
	 * How far the holder has come, in any terms, such as the size of the file that it writes. Asked often.
	 * `timeoutMs` counts from the last change of it. @defaultValue nothing changes
	 */
	readonly progress?: (() => string | number | undefined) | undefined;
	/** Ends the wait; `withLock` then rejects with the signal's reason. The task is not affected. */
	readonly signal?: AbortSignal | undefined;
	/** Called when there is somebody to wait for, and again for everyone who gets the lock meanwhile. */
	readonly onWait?: ((holder: LockHolder) => void) | undefined;
	/** Is warned of files that are not what this package writes. @defaultValue silent */
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

/** Whether a task runs alone. */
export type LockState =
	| { readonly kind: "held" }
	/** No lock could be had, for a reason that is not the task's fault: whether to go on is the task's to decide. */
	| { readonly kind: "unavailable"; readonly reason: string; readonly holder: LockHolder | undefined };

/**
 * Runs a task while no other does under the same folder's lock, in this process and in all others of this
 * machine. The lock of a process that was killed is free at once; nothing has to be cleaned up by hand.
 *
 * It is a courtesy, not a guarantee: where the file system has no hard links or cannot be written, or the
 * holder does not let go and cannot be proven dead, the task runs without the lock and is told so.
 *
 * @param folder - A folder for this lock alone, created if missing. What is in it must not be deleted
 * while the lock is in use.
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
