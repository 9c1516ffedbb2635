import { linkSync, rmSync, writeFileSync } from "node:fs";

/**
 * Creates a file that is complete as soon as it exists. If several processes try at once, exactly one succeeds.
 * Synchronous, since the file is tiny.
 *
 * @param draft - The path to which the content is written first: on the same disk, and used by no other process.
 * @param mode - The file's permissions. @defaultValue `0o600`: only its owner may read and write it
 * @returns False if the file exists already.
 * @throws The system's own error, for example on a disk without hard links.
 */
export function createWhole(file: string, draft: string, content: string, mode = 0o600): boolean {
	try {
		writeFileSync(draft, content, { mode, flag: "wx" });
		linkSync(draft, file);
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
		throw error;
	} finally {
		removeDraft(draft);
	}
}

function removeDraft(draft: string): void {
	try {
		rmSync(draft, { force: true });
	} catch {
		// A draft that stays does no harm.
	}
}
