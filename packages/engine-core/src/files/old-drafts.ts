import { readdir, rm, stat } from "node:fs/promises";
import path from "node:path";

/** A draft of at least this age was left by a killed process, in milliseconds. */
const OLD_DRAFT_MS = 60_000;

/** Names of the drafts of an instance's records and configuration. */
export const INSTANCE_DRAFTS: RegExp = /^(?:owner|runtime|engine)\.json\.[0-9a-f-]{36}\.tmp$/;

/** Finds drafts whose names match and whose writers were probably killed before the rename, judged by age. */
export async function oldDrafts(folder: string, names: RegExp): Promise<readonly string[]> {
	const found = await readdir(folder).catch(() => []);
	const drafts: string[] = [];
	for (const name of found.filter((one) => names.test(one))) {
		const draft = path.join(folder, name);
		const written = await stat(draft).catch(() => undefined);
		if (written !== undefined && Date.now() - written.mtimeMs > OLD_DRAFT_MS) drafts.push(draft);
	}
	return drafts;
}

/** Removes the drafts that {@link oldDrafts} finds, as far as possible. */
export async function removeOldDrafts(folder: string, names: RegExp): Promise<void> {
	for (const draft of await oldDrafts(folder, names)) await rm(draft, { force: true }).catch(() => {});
}
