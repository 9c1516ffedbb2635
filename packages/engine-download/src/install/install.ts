import type { Stats } from "node:fs";
import { open, rm } from "node:fs/promises";
import path from "node:path";
import { createFolder, type Logger, storageError } from "@rivetkit/engine-core";
import { readReceipt, receiptPath, writeReceiptFile, writeReceipt } from "@rivetkit/engine-core/receipt";
import type { OpenPartial } from "../partials/partial.ts";
import { replaceFile } from "./replace-file.ts";

/** The place of a verified partial, and the values for its receipt. */
export interface Installation {
	readonly target: string;
	readonly sha256: string;
	/** The URL that the file came from, without credentials. */
	readonly url: string;
}

/**
 * Moves a verified partial to its place, and writes its receipt. At every moment, even after a crash, the target is the
 * old file or the whole new one. If there is no room for the receipt, the file is in its place without it, and the
 * next download hashes the file once more.
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

/**
 * Replaces the target after removing its receipt. Until the new receipt is written, the file counts as one without a
 * receipt; with the old receipt it would count as altered.
 */
async function replaceWithoutReceipt(source: string, target: string): Promise<void> {
	const before = await readReceipt(target);
	await rm(receiptPath(target), { force: true });
	try {
		await replaceFile(source, target).catch(async (error: NodeJS.ErrnoException) => {
			// Pruning removes an empty folder, and may have done so after the folder was created.
			if (error.code !== "ENOENT") throw error;
			await createFolder(path.dirname(target));
			await replaceFile(source, target);
		});
	} catch (error) {
		// The old file is still in its place: its receipt is true again.
		if (before.kind === "present") await writeReceiptFile(target, before.receipt).catch(() => {});
		throw error;
	}
}

/** Makes a rename last through a crash, by syncing its folder. Windows and some network disks cannot sync a folder. */
async function syncFolder(folder: string): Promise<void> {
	const handle = await open(folder, "r").catch(() => undefined);
	await handle?.sync().catch(() => {});
	await handle?.close();
}
