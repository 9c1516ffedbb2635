import { localReader } from "../reader/local-reader.ts";
import { type SystemReader, valueOr } from "../reader/system-reader.ts";
import { requirePid } from "../require-arguments.ts";

/**
 * Reads the command line of a process, which begins with the program's name. Empty for a process that has ended, and
 * if the system does not report it.
 *
 * @throws EngineError `invalid_option`.
 */
export async function processArguments(
	pid: number,
	reader: SystemReader = localReader(),
): Promise<readonly string[]> {
	requirePid(pid);
	return valueOr(await reader.readArguments(pid), []);
}
