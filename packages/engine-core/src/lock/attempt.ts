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

/** What came of one attempt to take a lock. */
export type Attempt =
	| { readonly kind: "taken"; readonly generation: HeldGeneration }
	/** Somebody has it, the same as before if `key` is the same. */
	| { readonly kind: "occupied"; readonly holder: LockHolder; readonly key: string }
	/** Somebody else was faster, or the folder was deleted meanwhile. */
	| { readonly kind: "lost" }
	/** This file system is no place for a lock. */
	| { readonly kind: "refused"; readonly reason: string };

/**
 * Tries once. A lock is a folder of generations `g1`, `g2`, ...; the highest counts. It is taken by linking a
 * finished file to the next number, which only one can do. Whoever comes to that so late that the number
 * was given, released and pruned in the meantime sees a higher one, and withdraws.
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
		if (state.kind === "gone") return { kind: "lost" };
		if (state.isGarbage) {
			logger.warn(
				{ path: generationPath(folder, highest) },
				"a lock file is garbage; its owner counts as dead",
			);
		}
		return await take(folder, highest, purpose);
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException;
		if (code === undefined) throw error;
		return code === "ENOENT" ? createFolder(folder) : { kind: "refused", reason: message };
	}
}

/** Whether somebody has a lock by a generation. `gone`: its file has vanished since it was listed. */
export type GenerationState =
	| Extract<Attempt, { readonly kind: "occupied" }>
	| { readonly kind: "free"; readonly isGarbage: boolean }
	| { readonly kind: "gone" };

/** Whether a generation is anybody's. Number 0 stands for a lock that nobody has had yet. */
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
	const owner = await ownIdentity();
	if (owner === undefined) return { kind: "refused", reason: "this process cannot be identified" };
	const record: LockRecord = { format: 1, owner, nonce, purpose, createdAt: new Date().toISOString() };
	const own = { file: generationPath(folder, highest + 1), nonce };
	const draft = path.join(folder, nonce + DRAFT_SUFFIX);
	// False if another process has this number.
	if (!createWhole(own.file, draft, `${JSON.stringify(record)}\n`, RECORD_MODE)) return { kind: "lost" };
	try {
		const listing = listGenerations(folder);
		const isHighest = listing.generations[0] === highest + 1;
		// A folder that was deleted and made anew may hold a younger lock with a number below mine. If mine is
		// gone, it was deleted while I looked, and what I saw belongs to two folders.
		if (isHighest && (await judgeGeneration(folder, highest)).kind === "free" && ownershipOf(own) === "own") {
			await prune(folder, listing, highest);
			return { kind: "taken", generation: holdGeneration(own) };
		}
	} catch (error) {
		withdraw(own);
		throw error;
	}
	withdraw(own);
	return { kind: "lost" };
}

function withdraw(own: OwnGeneration): void {
	// Where it cannot be read, the number can be another's only if the folder was deleted this moment.
	if (ownershipOf(own) !== "other") removeIfPossible(own.file);
}

/**
 * Removes the generations up to `highest`, which can count no more, and drafts of processes that are gone: one of
 * which its owner is still in need is one of a living process.
 */
export async function prune(
	folder: string,
	{ generations, drafts }: Listing,
	highest: number,
): Promise<void> {
	const outdated = generations.filter((one) => one <= highest).map((one) => generationPath(folder, one));
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
		return { kind: "lost" };
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException;
		// Node says so of a read-only disk too, and of a folder that was there and is gone the next moment.
		if (recursive && code === "ENOENT") return createFolder(folder, false);
		return !recursive && code === "EEXIST" ? { kind: "lost" } : { kind: "refused", reason: message };
	}
}

let own: ProcessIdentity | undefined;

/** It does not change, and is kept, as some platforms take long to tell; but not if they failed to. */
async function ownIdentity(): Promise<ProcessIdentity | undefined> {
	if ((own?.startTime ?? null) === null) own = await identifyProcess(process.pid);
	return own;
}
