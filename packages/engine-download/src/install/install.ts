import type { Stats } from "node:fs";
import { open, rm } from "node:fs/promises";
import path from "node:path";
import { createFolder, type Logger, storageError } from "@rivetkit/engine-core";
import { readReceipt, receiptPath, writeReceipt, writeReceiptFile } from "@rivetkit/engine-core/receipt";
import type { OpenPartial } from "../partials/partial.ts";
import { replaceFile } from "./replace-file.ts";

/** The place of a verified partial, and the values for its receipt. */
export interface Installation {
	readonly target: string;
	readonly sha256: string;
	/** The URL that the file was fetched from, without credentials. */
	readonly url: string;
}

/**
 * Moves a verified partial to its target, and writes its receipt. At every moment, even after a crash, the target is
 * either the old file or the complete new file. If the receipt cannot be written, the file stays without a receipt, and
 * the next download hashes the file again.
 *
 * @throws EngineError `no_space`, `read_only`, `path_occupied`; `file_in_use` if another program keeps the target open
 * (Windows). The verified partial then stays for the next attempt.
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
 * Removes the target's receipt, then replaces the target. With the old receipt, the new file would count as altered;
 * without a receipt, it only counts as unverified until the new receipt is written.
 */
async function replaceWithoutReceipt(source: string, target: string): Promise<void> {
	const before = await readReceipt(target);
	await rm(receiptPath(target), { force: true });
	try {
		await replaceFile(source, target).catch(async (error: NodeJS.ErrnoException) => {
			// Another process may have pruned the folder, since it was still empty.
			if (error.code !== "ENOENT") throw error;
			await createFolder(path.dirname(target));
			await replaceFile(source, target);
		});
	} catch (error) {
		// The old file is still there, so its receipt is valid again.
		if (before.kind === "present") await writeReceiptFile(target, before.receipt).catch(() => {});
		throw error;
	}
}

/** Syncs a folder, so that a rename in it survives a crash. Windows and some network disks cannot sync a folder. */
async function syncFolder(folder: string): Promise<void> {
	const handle = await open(folder, "r").catch(() => undefined);
	await handle?.sync().catch(() => {});
	await handle?.close();
}
