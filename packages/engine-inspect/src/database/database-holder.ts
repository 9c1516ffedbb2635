import { stat } from "node:fs/promises";
import path from "node:path";
import type { PortHolder } from "../ports/port-holder.ts";
import { processName } from "../process/process-executable.ts";
import { localReader } from "../reader/local-reader.ts";
import { type FileLock, type SystemReader, valueOr } from "../reader/system-reader.ts";
import { requirePaths, requirePid } from "../require-arguments.ts";

/**
 * Finds the process that holds the lock of an engine's database. Returns undefined if no process holds it, and if the
 * system does not report it: on platforms other than Linux, and across containers.
 *
 * @param databasePath - The folder with RocksDB's `LOCK`, which the engine locks with fcntl.
 * @throws EngineError `invalid_option`.
 */
export async function lockHolder(
	databasePath: string,
	reader: SystemReader = localReader(),
): Promise<PortHolder | undefined> {
	requirePaths({ databasePath });
	const lock = await stat(path.join(databasePath, "LOCK")).catch(() => undefined);
	const pid = lock && lockingPid(valueOr(await reader.readFileLocks(), []), lock.ino);
	return pid === undefined ? undefined : { pid, name: await processName(pid, reader) };
}

/** Finds the pid that holds a lock on the file with this inode. */
export function lockingPid(locks: readonly FileLock[], inode: number): number | undefined {
	return locks.find((lock) => lock.inode === String(inode) && lock.pid !== undefined)?.pid;
}

/**
 * Finds the folder of the database that a process has open, by its descriptor of the `LOCK` file. Returns undefined
 * if the process has no database open, or if the system does not report it.
 *
 * @throws EngineError `invalid_option`.
 */
export async function engineDatabase(
	pid: number,
	reader: SystemReader = localReader(),
): Promise<string | undefined> {
	requirePid(pid);
	const files = valueOr(await reader.readDescriptors(pid), []).flatMap((one) =>
		one.kind === "file" ? one.path : [],
	);
	const lock = files.find((file) => path.basename(file) === "LOCK");
	return lock === undefined ? undefined : path.dirname(lock);
}
