import { linkSync, rmSync, writeFileSync } from "node:fs";

/**
 * Creates a file that is complete from its first moment on. Of all who try at once, one does. Synchronous, as it is
 * about a tiny file.
 *
 * @param draft - Where the content is written first: a name that nobody else uses, on the same disk.
 * @param mode - Who may read and write it. @defaultValue `0o600`, its owner alone
 * @returns False if the file is there already.
 * @throws The system's own error, as where the disk has no hard links.
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

/** What came of the attempt is worth more than a draft that cannot be removed. */
function removeDraft(draft: string): void {
	try {
		rmSync(draft, { force: true });
	} catch {
		// Whoever may not remove it could hardly have written it.
	}
}
