import { rmdirSync } from "node:fs";
import { judgeGeneration, prune } from "./attempt.ts";
import { type Listing, listGenerations } from "./generations.ts";
import type { LockHolder } from "./record.ts";

/** State of a lock at one moment. */
export type LockInspection =
	/** No process holds the lock. `isGarbage`: its newest file has unusable content. */
	| { readonly kind: "free"; readonly isGarbage: boolean }
	| { readonly kind: "held"; readonly holder: LockHolder }
	/** The lock's folder cannot be read, or changes faster than it can be read. */
	| { readonly kind: "unreadable"; readonly reason: string };

/** Finds out who holds a lock. Does not take the lock, wait for it or create its folder. */
export async function inspectLock(folder: string): Promise<LockInspection> {
	const looked = await look(folder);
	return looked.kind === "free" ? { kind: "free", isGarbage: looked.isGarbage } : looked;
}

/**
 * Removes the folder of a lock that no process holds. A process that takes the lock at the same moment gets it in a new
 * folder, or its file prevents the removal of this folder.
 *
 * @returns True if the folder is gone.
 */
export async function removeFreeLock(folder: string): Promise<boolean> {
	const looked = await look(folder);
	if (looked.kind !== "free") return false;
	const { listing } = looked;
	if (listing === undefined) return true;
	await prune(folder, listing, listing.generations[0] ?? 0);
	try {
		// Fails if another process has created a file in the folder in the meantime.
		rmdirSync(folder);
		return true;
	} catch {
		return false;
	}
}

type Look =
	| Exclude<LockInspection, { readonly kind: "free" }>
	/** `listing` is undefined if the lock has no folder. */
	| { readonly kind: "free"; readonly isGarbage: boolean; readonly listing: Listing | undefined };

/** The most looks at a lock whose highest generation disappears each time, because new holders remove older files. */
const MAX_LOOKS = 10;

async function look(folder: string): Promise<Look> {
	for (let looks = 0; looks < MAX_LOOKS; looks++) {
		let listing: Listing;
		try {
			listing = listGenerations(folder);
		} catch (error) {
			const { code, message } = error as NodeJS.ErrnoException;
			if (code === "ENOENT") return { kind: "free", isGarbage: false, listing: undefined };
			return { kind: "unreadable", reason: message };
		}
		const state = await judgeGeneration(folder, listing.generations[0] ?? 0);
		switch (state.kind) {
			case "occupied":
				return { kind: "held", holder: state.holder };
			case "free":
				return { kind: "free", isGarbage: state.isGarbage, listing };
			case "gone":
		}
	}
	return { kind: "unreadable", reason: `files in '${folder}' disappear while they are read` };
}
