import path from "node:path";
import type { LockOptions, LockState } from "@rivetkit/engine-core/lock";

/**
 * Runs a task under the lock of all reservations that are shared under a digest, or of those that are not shared.
 * A process needs the lock to join or leave a shared engine, and to remove the reservations of dead processes.
 *
 * @param sharedAs - See `ReservationRecord`.
 */
export async function underReservationLock<Result>(
	folder: string,
	sharedAs: string | null,
	task: (lock: LockState) => Promise<Result>,
	options: LockOptions,
): Promise<Result> {
	const { withLock } = await import("@rivetkit/engine-core/lock");
	return await withLock(path.join(folder, lockName(sharedAs)), task, options);
}

/**
 * Names a lock. The folder of a lock stays for ever, so there are 17, and keys with the same lock wait for each
 * other.
 */
export function lockName(sharedAs: string | null): string {
	return sharedAs === null ? "lock" : `lock-${sharedAs.slice(0, 1)}`;
}
