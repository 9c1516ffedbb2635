import { closeSync, ftruncateSync, openSync, renameSync, writeFileSync } from "node:fs";
import type { Logger } from "../logger.ts";
import { DRAFT_SUFFIX, readRecord, removeIfPossible } from "./generations.ts";
import { RELEASED } from "./record.ts";

/** A generation that this process has linked. */
export interface OwnGeneration {
	readonly file: string;
	readonly nonce: string;
}

/** The generation with which this process holds the lock. */
export interface HeldGeneration extends OwnGeneration {
	/** Kept open so that the lock can be released without a new descriptor; undefined if the file could not be opened. */
	readonly descriptor: number | undefined;
}

/** Permissions of a generation's file: other users' processes must read who holds the lock. Nothing in it is secret. */
export const RECORD_MODE = 0o644;

/** Opens the file of this process's own generation. */
export function holdGeneration(own: OwnGeneration): HeldGeneration {
	try {
		return { ...own, descriptor: openSync(own.file, "r+") };
	} catch {
		return { ...own, descriptor: undefined };
	}
}

/** Releases a lock. The file stays: if the highest generation were deleted, its number would be used again. */
export function releaseGeneration(held: HeldGeneration, logger: Logger): void {
	const { file, descriptor } = held;
	try {
		const ownership = ownershipOf(held);
		// If the folder was deleted, another process may have taken the same number in a new folder.
		if (ownership === "other") logger.warn({ path: file }, "the lock was deleted while it was held");
		else if (ownership === "unknown" || !replaceByReleased(held, logger)) emptyIfPossible(held, logger);
	} finally {
		if (descriptor !== undefined) closeSync(descriptor);
	}
}

/** Reads whether a generation belongs to this holder. `unknown`: its file cannot be read, for example without descriptors. */
export function ownershipOf({ file, nonce }: OwnGeneration): "own" | "other" | "unknown" {
	const content = readRecord(file);
	if (content.kind === "unreadable") return "unknown";
	return content.kind === "held" && content.record.nonce === nonce ? "own" : "other";
}

/** Marks a generation as released. Returns false if its file cannot be replaced. */
function replaceByReleased(held: HeldGeneration, logger: Logger): boolean {
	const draft = held.file + DRAFT_SUFFIX;
	try {
		writeFileSync(draft, RELEASED, { mode: RECORD_MODE });
		renameSync(draft, held.file);
		return true;
	} catch (error) {
		logger.warn({ path: held.file, error }, "the lock could not be released in the usual way");
		removeIfPossible(draft);
		return false;
	}
}

/**
 * Empties a generation's file, after which the lock counts as free. This works on a full disk, and the descriptor cannot
 * lead to another process's file.
 */
function emptyIfPossible({ file, descriptor }: HeldGeneration, logger: Logger): void {
	try {
		if (descriptor === undefined) throw new Error("the lock file could not be kept open");
		ftruncateSync(descriptor);
	} catch (error) {
		logger.warn(
			{ path: file, error },
			"the lock could not be released; it counts as held until this process ends",
		);
	}
}
