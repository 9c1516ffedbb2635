import { rmdirSync } from "node:fs";
import { judgeGeneration, prune } from "./attempt.ts";
import { type Listing, listGenerations } from "./generations.ts";
import type { LockHolder } from "./record.ts";

/** Who has a lock at the moment. */
export type LockInspection =
	/** Nobody; `isGarbage` if what its last file says cannot be read, which counts as nobody too. */
	| { readonly kind: "free"; readonly isGarbage: boolean }
	| { readonly kind: "held"; readonly holder: LockHolder }
	/** Its folder cannot be read, or changes as fast as it is read. */
	| { readonly kind: "unreadable"; readonly reason: string };

/** Says who has a lock, without taking it, waiting for it or making its folder. */
export async function inspectLock(folder: string): Promise<LockInspection> {
	const looked = await look(folder);
	return looked.kind === "free" ? { kind: "free", isGarbage: looked.isGarbage } : looked;
}

/**
 * Removes the folder of a lock that nobody has. Whoever takes it at the same moment has it in a new folder, or keeps
 * this one from being removed.
 *
 * @returns Whether it is gone.
 */
export async function removeFreeLock(folder: string): Promise<boolean> {
	const looked = await look(folder);
	if (looked.kind !== "free") return false;
	const { listing } = looked;
	if (listing === undefined) return true;
	// Files, then the empty folder: with what has come meanwhile in it, it cannot be removed.
	await prune(folder, listing, listing.generations[0] ?? 0);
	try {
		rmdirSync(folder);
		return true;
	} catch {
		return false;
	}
}

type Look =
	| Exclude<LockInspection, { readonly kind: "free" }>
	/** `listing` is undefined if there is no folder. */
	| { readonly kind: "free"; readonly isGarbage: boolean; readonly listing: Listing | undefined };

/** How often the highest generation may vanish between two steps, as each new holder removes the one before. */
const MOST_LOOKS = 10;

async function look(folder: string): Promise<Look> {
	for (let looks = 0; looks < MOST_LOOKS; looks++) {
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
	return { kind: "unreadable", reason: `files in '${folder}' vanish as they are read` };
}
