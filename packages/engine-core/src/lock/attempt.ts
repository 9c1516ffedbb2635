import { mkdirSync } from "node:fs";
import path from "node:path";
import { createWhole } from "../files/create-whole.ts";
import type { Logger } from "../logger.ts";
import { identifyProcess, judgeProcess, type ProcessIdentity } from "../process/index.ts";
import {
	DRAFT_SUFFIX,
	generationPath,
	type Listing,
	listGenerations,
	readRecord,
	removeIfPossible,
} from "./generations.ts";
import type { LockHolder, LockRecord } from "./record.ts";
import {
	type HeldGeneration,
	holdGeneration,
	type OwnGeneration,
	ownershipOf,
	RECORD_MODE,
} from "./release.ts";

/** Result of one attempt to take a lock. */
export type Attempt =
	| { readonly kind: "taken"; readonly generation: HeldGeneration }
	/** Another task or process holds the lock. An equal `key` in two results means that the holder is the same. */
	| { readonly kind: "occupied"; readonly holder: LockHolder; readonly key: string }
	/** This attempt decided nothing; try again. Another process was faster, or the folder was missing or deleted. */
	| { readonly kind: "retry" }
	/** The file system cannot hold a lock. */
	| { readonly kind: "refused"; readonly reason: string };

/**
 * Tries once to take a lock. A lock is a folder with files `g1`, `g2`, ..., its generations; only the highest number
 * counts. A process takes the lock by linking a complete file to the next number, which only one process can do. A slow
 * process may link a number that was already taken, released and removed. It then sees a higher number, and withdraws.
 */
export async function attemptLock(
	folder: string,
	{ purpose, logger }: { readonly purpose: string; readonly logger: Logger },
): Promise<Attempt> {
	try {
		const { generations } = listGenerations(folder);
		const highest = generations[0] ?? 0;
		const state = await judgeGeneration(folder, highest);
		if (state.kind === "occupied") return state;
		if (state.kind === "gone") return { kind: "retry" };
		if (state.isGarbage) {
			logger.warn(
				{ path: generationPath(folder, highest) },
				"a lock file has unusable content; the lock counts as free",
			);
		}
		return await take(folder, highest, purpose);
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException;
		if (code === undefined) throw error;
		return code === "ENOENT" ? createFolder(folder) : { kind: "refused", reason: message };
	}
}

/** State of a lock, read from one generation's file. `gone`: the file has disappeared since it was listed. */
export type GenerationState =
	| Extract<Attempt, { readonly kind: "occupied" }>
	| { readonly kind: "free"; readonly isGarbage: boolean }
	| { readonly kind: "gone" };

/** Finds out from one generation's file who holds the lock. Generation 0: no process has held the lock yet. */
export async function judgeGeneration(folder: string, generation: number): Promise<GenerationState> {
	if (generation === 0) return { kind: "free", isGarbage: false };
	const content = readRecord(generationPath(folder, generation));
	switch (content.kind) {
		case "absent":
			return { kind: "gone" };
		case "released":
			return { kind: "free", isGarbage: false };
		case "garbage":
			return { kind: "free", isGarbage: true };
		case "unreadable": {
			const holder = { identity: undefined, judgement: "unknown", purpose: "", since: "" } as const;
			return { kind: "occupied", holder, key: `g${generation}` };
		}
		case "held": {
			const { owner, nonce, purpose, createdAt } = content.record;
			const judgement = await judgeProcess(owner);
			if (judgement === "dead") return { kind: "free", isGarbage: false };
			return {
				kind: "occupied",
				holder: { identity: owner, judgement, purpose, since: createdAt },
				key: nonce,
			};
		}
	}
}

async function take(folder: string, highest: number, purpose: string): Promise<Attempt> {
	const nonce = crypto.randomUUID();
	const owner = await identifySelf();
	if (owner === undefined) return { kind: "refused", reason: "this process cannot be identified" };
	const record: LockRecord = { format: 1, owner, nonce, purpose, createdAt: new Date().toISOString() };
	const mine = { file: generationPath(folder, highest + 1), nonce };
	const draft = path.join(folder, nonce + DRAFT_SUFFIX);
	// False: the file exists already, because another process took this number.
	if (!createWhole(mine.file, draft, `${JSON.stringify(record)}\n`, RECORD_MODE)) return { kind: "retry" };
	try {
		const listing = listGenerations(folder);
		const isHighest = listing.generations[0] === highest + 1;
		// The folder may have been deleted and created again since the attempt began. Another process may then hold the
		// lock with the number below mine, or my file may be gone.
		if (
			isHighest &&
			(await judgeGeneration(folder, highest)).kind === "free" &&
			ownershipOf(mine) === "own"
		) {
			await prune(folder, listing, highest);
			return { kind: "taken", generation: holdGeneration(mine) };
		}
	} catch (error) {
		withdraw(mine);
		throw error;
	}
	withdraw(mine);
	return { kind: "retry" };
}

function withdraw(mine: OwnGeneration): void {
	// An unreadable file is almost certainly mine: only a deletion of the folder could have put another in its place.
	if (ownershipOf(mine) !== "other") removeIfPossible(mine.file);
}

/**
 * Removes the generations up to the number `upTo`, the unusable drafts and the drafts of dead
 * processes. Other drafts stay, since their processes may still need them.
 */
export async function prune(folder: string, { generations, drafts }: Listing, upTo: number): Promise<void> {
	const outdated = generations.filter((one) => one <= upTo).map((one) => generationPath(folder, one));
	const abandoned: string[] = [];
	for (const draft of drafts.map((name) => path.join(folder, name))) {
		const content = readRecord(draft);
		const isAbandoned = content.kind !== "held" || (await judgeProcess(content.record.owner)) === "dead";
		if (isAbandoned) abandoned.push(draft);
	}
	for (const file of [...outdated, ...abandoned]) removeIfPossible(file);
}

function createFolder(folder: string, recursive = true): Attempt {
	try {
		mkdirSync(folder, { recursive });
		return { kind: "retry" };
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException;
		// Node reports ENOENT also for a read-only disk, and for a folder that disappears while it is created.
		if (recursive && code === "ENOENT") return createFolder(folder, false);
		return !recursive && code === "EEXIST" ? { kind: "retry" } : { kind: "refused", reason: message };
	}
}

let ownIdentityCache: ProcessIdentity | undefined;

/** Identifies this process. A complete result is kept, since this takes long on some platforms. */
async function identifySelf(): Promise<ProcessIdentity | undefined> {
	if ((ownIdentityCache?.startTime ?? null) === null) ownIdentityCache = await identifyProcess(process.pid);
	return ownIdentityCache;
}
