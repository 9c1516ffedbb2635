import { rm, stat } from "node:fs/promises";
import { withLock } from "@rivetkit/engine-core/lock";

/** How long somebody who has the lock is waited for, in milliseconds: it is theirs, then. */
const PATIENCE_MS = 1;

/**
 * Removes the folder of a download's lock, unless somebody has the lock. Whoever is about to take it makes another;
 * at worst two fetch one file, each for itself.
 */
export async function removeLock(folder: string): Promise<void> {
	// Taking the lock would make it.
	if ((await stat(folder).catch(() => undefined)) === undefined) return;
	const remove = async ({ kind }: { readonly kind: string }): Promise<void> => {
		if (kind === "held") await rm(folder, { recursive: true, force: true }).catch(() => {});
	};
	await withLock(folder, remove, { purpose: "removing the lock of a download", timeoutMs: PATIENCE_MS });
}
