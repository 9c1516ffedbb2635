import type { Stats } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { hashOpenFile } from "./hash-open-file.ts";
import { type EngineReceipt, readReceipt } from "./receipt.ts";
import { mtimeSecondsOf, writeReceiptFile } from "./write-receipt.ts";

/** Result of the comparison of a binary with its receipt. */
export type ReceiptCheck =
	/** The binary does not exist. Its receipt may exist. */
	| { readonly kind: "absent" }
	/** The binary has no receipt, or a receipt that cannot be used; `reason` says why. */
	| { readonly kind: "unverified"; readonly reason?: string }
	| { readonly kind: "verified"; readonly receipt: EngineReceipt }
	| { readonly kind: "altered"; readonly reason: string; readonly receipt: EngineReceipt };

/**
 * Compares a binary with its receipt, without the network. If size and mtime match, one `stat` is enough. If only the
 * mtime differs, for example after a copy, the content is hashed. If the hash matches, the receipt gets the new mtime, so
 * that the next check needs only one `stat` again.
 *
 * @param signal - Ends the call early.
 * @throws The signal's reason if aborted; the system's own error if the binary cannot be read.
 */
export async function checkReceipt(file: string, signal?: AbortSignal): Promise<ReceiptCheck> {
	signal?.throwIfAborted();
	const stats = await unlessMissing(stat(file));
	if (stats === undefined) return { kind: "absent" };
	const read = await readReceipt(file);
	switch (read.kind) {
		case "absent":
			return { kind: "unverified" };
		case "corrupt":
			return { kind: "unverified", reason: `its receipt '${read.path}' cannot be used: ${read.reason}` };
		case "present":
			if (mtimeSecondsOf(stats) !== read.receipt.mtimeSeconds && stats.isFile()) {
				return await checkOpened(file, read.receipt, signal);
			}
			return compareSize(stats, read.receipt) ?? { kind: "verified", receipt: read.receipt };
	}
}

/** Checks one open file, since the path may lead to another file at any moment. */
async function checkOpened(
	file: string,
	receipt: EngineReceipt,
	signal: AbortSignal | undefined,
): Promise<ReceiptCheck> {
	const handle = await unlessMissing(open(file));
	if (handle === undefined) return { kind: "absent" };
	try {
		const stats = await handle.stat();
		return compareSize(stats, receipt) ?? (await checkContent(file, handle, stats, receipt, signal));
	} finally {
		await handle.close();
	}
}

async function checkContent(
	file: string,
	handle: FileHandle,
	stats: Stats,
	receipt: EngineReceipt,
	signal: AbortSignal | undefined,
): Promise<ReceiptCheck> {
	const { sha256 } = await hashOpenFile(handle, signal);
	if (sha256 !== receipt.sha256) {
		return {
			kind: "altered",
			reason: `its content has the SHA-256 ${sha256}; what was installed has ${receipt.sha256}`,
			receipt,
		};
	}
	const renewed = { ...receipt, mtimeSeconds: mtimeSecondsOf(stats) };
	await renew(file, stats, renewed);
	return { kind: "verified", receipt: renewed };
}

/** Updates the receipt if possible. If it cannot be written, the next check hashes the file again. */
async function renew(file: string, hashed: Stats, receipt: EngineReceipt): Promise<void> {
	try {
		const present = await stat(file);
		// A file that has replaced this one while it was hashed has a receipt of its own.
		if (present.ino === hashed.ino && present.dev === hashed.dev) await writeReceiptFile(file, receipt);
	} catch {
		// The result of the check does not depend on this.
	}
}

function compareSize(stats: Stats, receipt: EngineReceipt): ReceiptCheck | undefined {
	if (!stats.isFile()) return { kind: "altered", reason: "it is not a regular file", receipt };
	if (stats.size === receipt.sizeBytes) return undefined;
	return {
		kind: "altered",
		reason: `it has ${stats.size} bytes; what was installed has ${receipt.sizeBytes}`,
		receipt,
	};
}

async function unlessMissing<Value>(looking: Promise<Value>): Promise<Value | undefined> {
	return await looking.catch((error: NodeJS.ErrnoException) => {
		if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
		throw error;
	});
}
