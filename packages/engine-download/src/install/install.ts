import type { Stats } from "node:fs";
import { access, open, rename, rm, statfs } from "node:fs/promises";
import path from "node:path";
import { createFolder, EngineError, type Logger, pause, storageError } from "@rivetkit/engine-core";
import { readReceipt, receiptPath, saveReceipt, writeReceipt } from "@rivetkit/engine-core/receipt";
import type { OpenPartial } from "../partials/partial.ts";

/** What a verified partial is, for its receipt. */
export interface Installation {
	readonly target: string;
	readonly sha256: string;
	/** Without credentials. */
	readonly url: string;
}

/**
 * Puts a verified partial in its place: whoever opens the target, at whatever moment and whatever is killed,
 * finds what was there before or all of the new file. Without a receipt, for which there may be no room, it is
 * there all the same, and hashed once more by the next download.
 *
 * @throws EngineError `no_space`, `read_only`, `path_occupied`; `file_in_use` where another program keeps the target open
 * (Windows), with the verified partial left for the next attempt.
 */
export async function install(
	partial: OpenPartial,
	installation: Installation,
	logger: Logger,
): Promise<void> {
	const { target } = installation;
	const folder = path.dirname(target);
	let verified: Stats;
	try {
		await partial.handle.chmod(0o755);
		await partial.handle.sync();
		verified = await partial.handle.stat();
		await partial.handle.close();
		await createFolder(folder);
		await replaceWithoutReceipt(partial.path, target);
		await syncFolder(folder);
	} catch (error) {
		throw storageError(error, target);
	}
	const { sha256, url } = installation;
	await writeReceipt(target, { sha256, url, engineVersion: null }, verified).catch((error: unknown) => {
		logger.warn({ path: receiptPath(target), error }, "the receipt of an engine binary could not be written");
	});
	await partial.removeRecord();
}

/** In between, the file counts as one without a receipt, rather than as one that was altered. */
async function replaceWithoutReceipt(source: string, target: string): Promise<void> {
	const before = await readReceipt(target);
	await rm(receiptPath(target), { force: true });
	try {
		await replace(source, target).catch(async (error: NodeJS.ErrnoException) => {
			// Pruning removes a folder that has become empty, perhaps this moment.
			if (error.code !== "ENOENT") throw error;
			await createFolder(path.dirname(target));
			await replace(source, target);
		});
	} catch (error) {
		// What could not be replaced is what it was.
		if (before.kind === "present") await saveReceipt(target, before.receipt).catch(() => {});
		throw error;
	}
}

/** What is added to the name of a file that was set aside. */
export const SET_ASIDE = ".altered";

/**
 * Sets a file aside that is not what was installed there, for whoever wants to know what became of it. One is
 * kept; an older one is replaced. Where another process has done so this moment, there is nothing left to do.
 */
export async function setAside(target: string): Promise<string> {
	const place = target + SET_ASIDE;
	try {
		await rename(target, place);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return place;
		throw storageError(error, target);
	}
	await rm(receiptPath(target), { force: true });
	return place;
}

/** What must stay free beyond the file, so that nothing else on the disk fails: 16 MiB. */
const RESERVE_BYTES = 16 * 1024 * 1024;

/**
 * Asks before it is too late whether a file will fit.
 *
 * @throws EngineError `no_space`
 */
export async function requireSpace(folder: string, neededBytes: number): Promise<void> {
	const disk = await statfs(folder).catch(() => undefined);
	if (disk === undefined || disk.blocks === 0) return;
	const freeBytes = disk.bavail * disk.bsize;
	if (freeBytes >= neededBytes + RESERVE_BYTES) return;
	throw new EngineError(
		"no_space",
		`There is no space left in '${folder}': ${megabytes(neededBytes)} are needed, ${megabytes(freeBytes)} are free.`,
		{
			metadata: {
				path: folder,
				neededBytes,
				freeBytes,
				hint: "Free some space, or move the storage root with `RIVETKIT_STORAGE_PATH`.",
			},
		},
	);
}

/** Virus scanners and running engines keep files open for a while, in milliseconds. */
const REPLACE_LIMIT_MS = 30_000;
const REPLACE_GAP_MS = 250;

/** Where files that are open can be replaced, the first attempt settles it. */
async function replace(source: string, target: string): Promise<void> {
	const deadline = performance.now() + REPLACE_LIMIT_MS;
	for (;;) {
		try {
			return await rename(source, target);
		} catch (error) {
			const code = (error as NodeJS.ErrnoException).code ?? "";
			const isBlocked = process.platform === "win32" && ["EPERM", "EACCES", "EBUSY"].includes(code);
			if (!isBlocked || !(await exists(target))) throw error;
			if (performance.now() >= deadline) throw fileInUseError(source, target, error);
		}
		await pause(REPLACE_GAP_MS);
	}
}

async function exists(file: string): Promise<boolean> {
	return await access(file).then(
		() => true,
		() => false,
	);
}

/** A rename is on disk when its folder is. Windows and some network disks have no such thing. */
async function syncFolder(folder: string): Promise<void> {
	const handle = await open(folder, "r").catch(() => undefined);
	await handle?.sync().catch(() => {});
	await handle?.close();
}

function fileInUseError(source: string, target: string, cause: unknown): EngineError<"file_in_use"> {
	return new EngineError(
		"file_in_use",
		`'${target}' is in use by another program and could not be replaced.`,
		{
			metadata: {
				path: target,
				verified: source,
				hint: "Stop the engine that runs from it, or let the virus scanner finish, and try again; nothing is fetched twice.",
			},
			cause,
		},
	);
}

function megabytes(bytes: number): string {
	return `${(bytes / 1e6).toFixed(1)} MB`;
}
