import { type FileHandle, open } from "node:fs/promises";
import path from "node:path";
import { createFolder, type EngineLogs, storageError } from "@rivetkit/engine-core";

/**
 * Creates and opens the two log files of a start, readable by their owner only. The caller closes them.
 *
 * @throws EngineError `no_space`, `path_occupied`, `read_only`.
 */
export async function openLogFiles(
	folder: string,
): Promise<{ readonly logs: EngineLogs; readonly stdout: FileHandle; readonly stderr: FileHandle }> {
	const seconds = Math.floor(Date.now() / 1000);
	const stem = path.join(folder, `engine-${seconds}-${process.pid}-${crypto.randomUUID().slice(0, 8)}`);
	const logs = { stdout: `${stem}-stdout.log`, stderr: `${stem}-stderr.log` };
	await createFolder(folder);
	try {
		const stdout = await open(logs.stdout, "ax", 0o600);
		try {
			return { logs, stdout, stderr: await open(logs.stderr, "ax", 0o600) };
		} catch (error) {
			await stdout.close();
			throw error;
		}
	} catch (error) {
		throw storageError(error, folder);
	}
}
