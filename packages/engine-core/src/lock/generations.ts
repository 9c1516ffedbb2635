// Synchronous throughout: the files are few and tiny, and a read with `await` takes five times as long.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { parseRecord, type RecordContent } from "./record.ts";

/** Content of a lock's folder. */
export interface Listing {
	/** Numbers of the generations, highest first. */
	readonly generations: readonly number[];
	/** Names of the files that a process was about to link or to rename. */
	readonly drafts: readonly string[];
}

/** Lists a lock's folder. Files by names that this package does not write are ignored. */
export function listGenerations(folder: string): Listing {
	const names = readdirSync(folder);
	const generations = names.flatMap((name) => (/^g[1-9]\d{0,14}$/.test(name) ? [Number(name.slice(1))] : []));
	return {
		generations: generations.sort((left, right) => right - left),
		drafts: names.filter((name) => /^(g\d+|[0-9a-f-]{36})\.tmp$/.test(name)),
	};
}

/** Ending of the name of a file that is linked or renamed once it is complete. */
export const DRAFT_SUFFIX = ".tmp";

/** Returns the path of a generation's file. */
export function generationPath(folder: string, generation: number): string {
	return path.join(folder, `g${generation}`);
}

/** Reads a file in a lock's folder. `absent`: the file is gone; `unreadable`: it may not be read. */
export function readRecord(file: string): RecordContent | { readonly kind: "absent" | "unreadable" } {
	try {
		return parseRecord(readFileSync(file, "utf8"));
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === "ENOENT") return { kind: "absent" };
		return { kind: code === "EISDIR" ? "garbage" : "unreadable" };
	}
}

/** Removes a file if possible; it does no harm if it stays. */
export function removeIfPossible(file: string): void {
	try {
		rmSync(file, { force: true });
	} catch {
		// A folder by this name, for example, stays.
	}
}
