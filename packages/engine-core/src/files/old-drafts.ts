import { readdir, rm, stat } from "node:fs/promises";
import path from "node:path";

/** The age from which on a draft belongs to a process that was killed while it wrote, in milliseconds. */
const OLD_DRAFT_MS = 60_000;

/** Names of the drafts of an instance's records and configuration. */
export const INSTANCE_DRAFTS: RegExp = /^(?:owner|runtime|engine)\.json\.[0-9a-f-]{36}\.tmp$/;

/** Finds the drafts by these names whose writers were killed before they could rename them. */
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

/** Removes {@link oldDrafts}, as far as that is possible. */
export async function removeOldDrafts(folder: string, names: RegExp): Promise<void> {
	for (const draft of await oldDrafts(folder, names)) await rm(draft, { force: true }).catch(() => {});
}
