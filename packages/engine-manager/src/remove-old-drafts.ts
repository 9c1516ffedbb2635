import { readdir, rm, stat } from "node:fs/promises";
import path from "node:path";

/** A draft older than this belongs to a process that was killed while it wrote, in milliseconds. */
const OLD_DRAFT_MS = 60_000;

/** Removes the files by these names that somebody was about to rename and never did. */
export async function removeOldDrafts(folder: string, names: RegExp): Promise<void> {
	const found = await readdir(folder).catch(() => []);
	for (const name of found.filter((one) => names.test(one))) {
		const draft = path.join(folder, name);
		const written = await stat(draft).catch(() => undefined);
		if (written !== undefined && Date.now() - written.mtimeMs > OLD_DRAFT_MS) {
			await rm(draft, { force: true }).catch(() => {});
		}
	}
}
