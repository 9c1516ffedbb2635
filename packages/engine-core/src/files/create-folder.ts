import { mkdir } from "node:fs/promises";
import path from "node:path";
import { storageError } from "./storage-error.ts";

/**
 * Creates a folder, and the missing folders above it.
 *
 * @throws EngineError `no_space`, `path_occupied`, `read_only`; the system's own error for anything else.
 */
export async function createFolder(folder: string): Promise<void> {
	try {
		await mkdir(folder, { recursive: true });
	} catch (error) {
		const isMisreported = (error as NodeJS.ErrnoException).code === "ENOENT";
		throw storageError(isMisreported ? await firstRefusal(folder, error) : error, folder);
	}
}

/**
 * Finds the true error: tries again without the last folder, further and further up, until the error is not ENOENT. On a
 * read-only disk, Node's recursive `mkdir` reports ENOENT. If all folders could be created this time, the first error is kept.
 */
async function firstRefusal(folder: string, misreported: unknown): Promise<unknown> {
	const parent = path.dirname(folder);
	try {
		if (parent !== folder) await mkdir(parent, { recursive: true });
		await mkdir(folder);
		return misreported;
	} catch (error) {
		const isMisreported = (error as NodeJS.ErrnoException).code === "ENOENT" && parent !== folder;
		return isMisreported ? await firstRefusal(parent, error) : error;
	}
}
