import { localReader } from "../reader/local-reader.ts";
import { type SystemReader, valueOr } from "../reader/system-reader.ts";
import { requirePid } from "../require-arguments.ts";

/** The number of files that a process has open, sockets included, and its limit. */
export interface DescriptorUse {
	readonly open: number;
	/** Infinity if there is no limit. */
	readonly limit: number;
}

/**
 * Counts the files that a process has open. Returns undefined if the process has ended, or if the system does not
 * report it.
 *
 * @throws EngineError `invalid_option`.
 */
export async function descriptorUse(
	pid: number,
	reader: SystemReader = localReader(),
): Promise<DescriptorUse | undefined> {
	requirePid(pid);
	const limit = valueOr(await reader.readOpenFilesLimit(pid), undefined);
	const { length: open } = valueOr(await reader.readDescriptors(pid), []);
	return limit === undefined || open === 0 ? undefined : { open, limit };
}
