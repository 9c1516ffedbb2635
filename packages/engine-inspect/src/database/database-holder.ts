import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { type PortHolder, processName } from "../ports/port-holder.ts";
import { openDescriptors } from "../process/open-descriptors.ts";

/**
 * Finds the process that holds the lock of an engine's database. Undefined where none does, and where the system does
 * not tell: on platforms other than Linux, and across containers.
 *
 * @param databasePath - The folder with RocksDB's `LOCK`, which the engine locks with fcntl.
 * @see proc_locks(5)
 */
export async function lockHolder(databasePath: string): Promise<PortHolder | undefined> {
	const lock = await stat(path.join(databasePath, "LOCK")).catch(() => undefined);
	const table = await readFile("/proc/locks", "utf8").catch(() => "");
	const pid = lock && lockingPid(table, lock.ino);
	return pid === undefined ? undefined : { pid, name: await processName(pid) };
}

/** The pid that holds a lock on the file with this inode, in a table like `/proc/locks`. */
export function lockingPid(table: string, inode: number): number | undefined {
	for (const line of table.split("\n")) {
		const fields = line.trim().split(/\s+/);
		if (fields[1] === "->") continue;
		const pid = Number(fields[4]);
		if (fields[5]?.split(":")[2] === String(inode) && pid > 0) return pid;
	}
	return undefined;
}

/**
 * Finds the folder of the database that a process has open, by its descriptor of the `LOCK` file. Undefined if it has
 * none, or cannot be looked into. Linux only.
 */
export async function engineDatabase(pid: number): Promise<string | undefined> {
	const lock = (await openDescriptors(pid)).find((target) => path.basename(target) === "LOCK");
	return lock === undefined ? undefined : path.dirname(lock);
}
