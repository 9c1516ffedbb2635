import { rename, rm, writeFile } from "node:fs/promises";
import { storageError } from "./storage-error.ts";

/**
 * Writes a file so that a reader sees the complete old content or the complete new content.
 *
 * @param mode - The file's permissions. @defaultValue `0o600`: only its owner may read and write it
 * @throws EngineError `no_space`, `path_occupied`, `read_only`; the system's own error for anything else.
 */
export async function writeWhole(file: string, content: string, mode = 0o600): Promise<void> {
	const draft = `${file}.${crypto.randomUUID()}.tmp`;
	try {
		await writeFile(draft, content, { mode, flag: "wx" });
		await rename(draft, file);
	} catch (error) {
		await rm(draft, { force: true }).catch(() => {});
		throw storageError(error, file);
	}
}
