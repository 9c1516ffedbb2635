import path from "node:path";
import type { LockOptions, LockState } from "@rivetkit/engine-core/lock";

/**
 * Runs a task while no other decides who uses the engines that are shared under a digest, or removes what processes
 * that were killed have left.
 *
 * @param sharedAs - See `EphemeralRecord`.
 */
export async function underPlaceLock<Result>(
	folder: string,
	sharedAs: string | null,
	task: (lock: LockState) => Promise<Result>,
	options: LockOptions,
): Promise<Result> {
	const { withLock } = await import("@rivetkit/engine-core/lock");
	return await withLock(path.join(folder, lockName(sharedAs)), task, options);
}

/** One of a few, as the folder of a lock stays for ever. Keys that share one wait for each other's starts. */
export function lockName(sharedAs: string | null): string {
	return sharedAs === null ? "lock" : `lock-${sharedAs.slice(0, 1)}`;
}
