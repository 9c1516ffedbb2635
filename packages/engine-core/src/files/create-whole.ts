import { linkSync, rmSync, writeFileSync } from "node:fs";

/**
 * Creates a file that is complete from its first moment on. If several processes try at once, exactly one succeeds.
 * Synchronous, since the file is tiny.
 *
 * @param draft - The path at which the content is written first. No other process uses it, and it is on the same disk.
 * @param mode - The file's permissions. @defaultValue `0o600`: its owner alone may read and write it
 * @returns False if the file is there already.
 * @throws The system's own error, such as that of a disk without hard links.
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

/** Removes the draft if possible. The result of the attempt matters more than a draft that stays behind. */
function removeDraft(draft: string): void {
	try {
		rmSync(draft, { force: true });
	} catch {
		// A draft that cannot be removed does no harm.
	}
}
