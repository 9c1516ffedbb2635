// Synchronous throughout: the files are few and tiny, and a read with `await` takes five times as long.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { parseRecord, type RecordContent } from "./record.ts";

/** The files in a lock's folder. */
export interface Listing {
	/** Numbers of the generations, highest first. */
	readonly generations: readonly number[];
	/** Names of the drafts: files that a process writes first, and links or renames afterwards. */
	readonly drafts: readonly string[];
}

/** Lists a lock's folder. Ignores files whose names this package does not use. */
export function listGenerations(folder: string): Listing {
	const names = readdirSync(folder);
	const generations = names.flatMap((name) => (/^g[1-9]\d{0,14}$/.test(name) ? [Number(name.slice(1))] : []));
	return {
		generations: generations.sort((left, right) => right - left),
		drafts: names.filter((name) => /^(g\d+|[0-9a-f-]{36})\.tmp$/.test(name)),
	};
}

/** Ending of a draft's name. */
export const DRAFT_SUFFIX = ".tmp";

/** Returns the path of a generation's file. */
export function generationPath(folder: string, generation: number): string {
	return path.join(folder, `g${generation}`);
}

/** Reads a file in a lock's folder. `absent`: the file does not exist. `unreadable`: it exists, but cannot be read. */
export function readRecord(file: string): RecordContent | { readonly kind: "absent" | "unreadable" } {
	try {
		return parseRecord(readFileSync(file, "utf8"));
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === "ENOENT") return { kind: "absent" };
		return { kind: code === "EISDIR" ? "garbage" : "unreadable" };
	}
}

/** Removes a file if possible. A file that stays does no harm. */
export function removeIfPossible(file: string): void {
	try {
		rmSync(file, { force: true });
	} catch {
		// For example, a folder has this name.
	}
}
