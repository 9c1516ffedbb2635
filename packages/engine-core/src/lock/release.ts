import { renameSync, truncateSync, writeFileSync } from "node:fs";
import type { Logger } from "../logger.ts";
import { DRAFT_SUFFIX, readRecord, removeIfPossible } from "./generations.ts";
import { RELEASED } from "./record.ts";

/** A generation that this process has. */
export interface OwnGeneration {
	readonly file: string;
	readonly nonce: string;
}

/** Others, perhaps of another user, read who has the lock; nothing in it is secret. */
export const RECORD_MODE = 0o644;

/** Lets go of a lock. The file stays: the highest generation is never deleted, or its number would come again. */
export function releaseGeneration(own: OwnGeneration, logger: Logger): void {
	// Whoever deleted the folder may have let somebody else take the same number.
	if (!isStillOwn(own)) {
		logger.warn({ path: own.file }, "the lock was deleted while it was held");
		return;
	}
	const draft = own.file + DRAFT_SUFFIX;
	try {
		writeFileSync(draft, RELEASED, { mode: RECORD_MODE });
		renameSync(draft, own.file);
	} catch (error) {
		logger.warn({ path: own.file, error }, "the lock could not be released in the usual way");
		removeIfPossible(draft);
		emptyIfPossible(own.file);
	}
}

/** Whether the file still says that this process has the lock. */
export function isStillOwn({ file, nonce }: OwnGeneration): boolean {
	const content = readRecord(file);
	return content.kind === "held" && content.record.nonce === nonce;
}

/** An empty file counts as the lock of a dead owner, and needs no space on a full disk. */
function emptyIfPossible(file: string): void {
	try {
		truncateSync(file);
	} catch {
		// It counts as held until this process ends.
	}
}
