// Synchronous throughout: these are a few tiny files, and waiting for each takes five times as long as to read it.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { parseRecord, type RecordContent } from "./record.ts";

/** What a lock's folder holds. */
export interface Listing {
	/** The numbers of its generations, highest first. */
	readonly generations: readonly number[];
	/** The names of files that somebody was about to link or to rename. */
	readonly drafts: readonly string[];
}

/** Lists a lock's folder. Names that this package does not write are passed over. */
export function listGenerations(folder: string): Listing {
	const names = readdirSync(folder);
	const generations = names.flatMap((name) => (/^g[1-9]\d{0,14}$/.test(name) ? [Number(name.slice(1))] : []));
	return {
		generations: generations.sort((left, right) => right - left),
		drafts: names.filter((name) => /^(g\d+|[0-9a-f-]{36})\.tmp$/.test(name)),
	};
}

/** How the names of files end that are not yet what they will be. */
export const DRAFT_SUFFIX = ".tmp";

/** The file of a generation. */
export function generationPath(folder: string, generation: number): string {
	return path.join(folder, `g${generation}`);
}

/** What a file in a lock's folder says, or that it is gone, or may not be read. */
export function readRecord(file: string): RecordContent | { readonly kind: "absent" | "unreadable" } {
	try {
		return parseRecord(readFileSync(file, "utf8"));
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === "ENOENT") return { kind: "absent" };
		return { kind: code === "EISDIR" ? "garbage" : "unreadable" };
	}
}

/** Removes a file that does no harm where it cannot be removed. */
export function removeIfPossible(file: string): void {
	try {
		rmSync(file, { force: true });
	} catch {
		// Such as a folder by this name.
	}
}
