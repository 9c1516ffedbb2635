import { localReader } from "../reader/local-reader.ts";
import { type SystemReader, valueOr } from "../reader/system-reader.ts";
import { requirePid } from "../require-arguments.ts";

/**
 * The path of what a process executes, where it was when it was started; another file may be there by now.
 * Undefined if that may not be known, and on platforms other than Linux.
 */
export async function processExecutable(
	pid: number,
	reader: SystemReader = localReader(),
): Promise<string | undefined> {
	requirePid(pid);
	return valueOr(await reader.readExecutable(pid), undefined);
}

/** The file name of what a process executes, or the name it gives itself. */
export async function processName(pid: number, reader: SystemReader): Promise<string> {
	const executable = await processExecutable(pid, reader);
	if (executable !== undefined) return executable.slice(executable.lastIndexOf("/") + 1);
	return valueOr(await reader.readOwnName(pid), undefined) ?? "";
}
