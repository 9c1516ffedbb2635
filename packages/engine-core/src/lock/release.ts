import { closeSync, ftruncateSync, openSync, renameSync, writeFileSync } from "node:fs";
import type { Logger } from "../logger.ts";
import { DRAFT_SUFFIX, readRecord, removeIfPossible } from "./generations.ts";
import { RELEASED } from "./record.ts";

/** A generation that this process has linked. */
export interface OwnGeneration {
	readonly file: string;
	readonly nonce: string;
}

/** A generation that this process has the lock by. */
export interface HeldGeneration extends OwnGeneration {
	/** Of the file, kept open so that it can be let go of without another one; undefined if there was none left. */
	readonly descriptor: number | undefined;
}

/** Others, perhaps of another user, read who has the lock; nothing in it is secret. */
export const RECORD_MODE = 0o644;

/** Keeps hold of one's own generation. */
export function holdGeneration(own: OwnGeneration): HeldGeneration {
	try {
		return { ...own, descriptor: openSync(own.file, "r+") };
	} catch {
		return { ...own, descriptor: undefined };
	}
}

/** Lets go of a lock. The file stays: the highest generation is never deleted, or its number would come again. */
export function releaseGeneration(held: HeldGeneration, logger: Logger): void {
	const { file, descriptor } = held;
	try {
		const ownership = ownershipOf(held);
		// Whoever deleted the folder may have let somebody else take the same number.
		if (ownership === "other") logger.warn({ path: file }, "the lock was deleted while it was held");
		else if (ownership === "unknown" || !replaceByReleased(held, logger)) emptyIfPossible(held, logger);
	} finally {
		if (descriptor !== undefined) closeSync(descriptor);
	}
}

/** Whose a generation is by what its file says. `unknown` if that cannot be read, as without descriptors. */
export function ownershipOf({ file, nonce }: OwnGeneration): "own" | "other" | "unknown" {
	const content = readRecord(file);
	if (content.kind === "unreadable") return "unknown";
	return content.kind === "held" && content.record.nonce === nonce ? "own" : "other";
}

/** False if the file cannot be replaced. */
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
 * An empty file counts as the lock of a dead owner. It needs no space on a full disk, and by its descriptor it is
 * certainly one's own.
 */
function emptyIfPossible({ file, descriptor }: HeldGeneration, logger: Logger): void {
	try {
		if (descriptor === undefined) throw new Error("there was no descriptor left to keep");
		ftruncateSync(descriptor);
	} catch (error) {
		logger.warn(
			{ path: file, error },
			"the lock could not be released; it counts as held until this process ends",
		);
	}
}
