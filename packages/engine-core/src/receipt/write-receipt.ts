import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { writeWhole } from "../files/write-whole.ts";
import { redactSecrets } from "../redact.ts";
import { type EngineReceipt, receiptPath } from "./receipt.ts";

/**
 * Writes the receipt for a binary that is verified and already at its final path. Before you replace a binary, remove its
 * old receipt. Otherwise the new binary would be compared with the old receipt and count as altered.
 *
 * @param installed - `sha256`: 64 hex digits in lower case. Credentials in `url` are not written.
 * @param statsWhenVerified - The file's size and mtime when it was verified: another file that has replaced the verified
 * file since then does not match the receipt. @defaultValue the size and mtime that the file has now
 * @throws EngineError `no_space`, `path_occupied`, `read_only`; the system's own error if the binary does not exist.
 */
export async function writeReceipt(
	file: string,
	installed: Pick<EngineReceipt, "sha256" | "url" | "engineVersion">,
	statsWhenVerified?: Pick<Stats, "size" | "mtimeMs">,
): Promise<EngineReceipt> {
	const stats = statsWhenVerified ?? (await stat(file));
	const receipt: EngineReceipt = {
		format: 1,
		sha256: installed.sha256,
		sizeBytes: stats.size,
		mtimeSeconds: mtimeSecondsOf(stats),
		url: redactSecrets(installed.url),
		installedAt: new Date().toISOString(),
		engineVersion: installed.engineVersion,
	};
	await writeReceiptFile(file, receipt);
	return receipt;
}

/**
 * Writes a receipt beside its binary. Every user may read it, as every user may read the binary.
 *
 * @throws EngineError `no_space`, `path_occupied`, `read_only`.
 */
export async function writeReceiptFile(file: string, receipt: EngineReceipt): Promise<void> {
	await writeWhole(receiptPath(file), `${JSON.stringify(receipt, null, "\t")}\n`, 0o644);
}

/** Converts a file's mtime to whole seconds, like in a receipt. */
export function mtimeSecondsOf({ mtimeMs }: Pick<Stats, "mtimeMs">): number {
	return Math.floor(mtimeMs / 1000);
}
