import type { FileLock } from "./system-reader.ts";

/** Reads the locks that are held in a table like `/proc/locks`. @see proc_locks(5) */
export function parseFileLocks(table: string): readonly FileLock[] {
	return table
		.split("\n")
		.map((line) => line.trim().split(/\s+/))
		.filter((fields) => fields[1] !== "->")
		.flatMap((fields) => {
			const inode = fields[5]?.split(":")[2];
			const pid = Number(fields[4]);
			// The kernel writes 0 for a process that is not in this pid namespace.
			return inode === undefined ? [] : [{ inode, pid: pid > 0 ? pid : undefined }];
		});
}
