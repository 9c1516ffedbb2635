import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { writeWhole } from "../files/write-whole.ts";
import { redactSecrets } from "../redact.ts";
import { type EngineReceipt, receiptPath } from "./receipt.ts";

/**
 * Writes the receipt of a binary that stands at its final place and was verified. Whoever replaces a binary
 * removes its receipt first: in between it then counts as unverified, rather than as altered.
 *
 * @param installed - `sha256`: 64 hex digits in lower case. Credentials in `url` are not written.
 * @param verified - How the file looked when it was verified, so that the receipt does not vouch for what has
 * replaced it since. @defaultValue as it looks now
 * @throws EngineError `no_space`, `path_occupied`, `read_only`; the system's own error if the binary is not there.
 */
export async function writeReceipt(
	file: string,
	installed: Pick<EngineReceipt, "sha256" | "url" | "engineVersion">,
	verified?: Pick<Stats, "size" | "mtimeMs">,
): Promise<EngineReceipt> {
	const stats = verified ?? (await stat(file));
	const receipt: EngineReceipt = {
		format: 1,
		sha256: installed.sha256,
		sizeBytes: stats.size,
		mtimeSeconds: mtimeSecondsOf(stats),
		url: redactSecrets(installed.url),
		installedAt: new Date().toISOString(),
		engineVersion: installed.engineVersion,
	};
	await saveReceipt(file, receipt);
	return receipt;
}

/**
 * Puts a receipt beside its binary. Everybody may read it, as they may the binary.
 *
 * @throws EngineError `no_space`, `path_occupied`, `read_only`.
 */
export async function saveReceipt(file: string, receipt: EngineReceipt): Promise<void> {
	await writeWhole(receiptPath(file), `${JSON.stringify(receipt, null, "\t")}\n`, 0o644);
}

/** A file's mtime as a receipt has it. */
export function mtimeSecondsOf({ mtimeMs }: Pick<Stats, "mtimeMs">): number {
	return Math.floor(mtimeMs / 1000);
}
