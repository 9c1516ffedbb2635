import { localReader } from "../reader/local-reader.ts";
import { type SystemReader, valueOr } from "../reader/system-reader.ts";

/**
 * Reads the command line of a process, which begins with the program's name. Empty for a process that has ended, and
 * where the system does not tell.
 */
export async function processArguments(
	pid: number,
	reader: SystemReader = localReader(),
): Promise<readonly string[]> {
	return valueOr(await reader.readArguments(pid), []);
}
