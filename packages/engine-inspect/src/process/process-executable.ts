import { localReader } from "../reader/local-reader.ts";
import { type SystemReader, valueOr } from "../reader/system-reader.ts";
import { requirePid } from "../require-arguments.ts";

/**
 * Reads the path of the file that a process executes, as it was at the start of the process: another file may be at
 * that path by now. Returns undefined if the system does not report it.
 *
 * @throws EngineError `invalid_option`.
 */
export async function processExecutable(
	pid: number,
	reader: SystemReader = localReader(),
): Promise<string | undefined> {
	requirePid(pid);
	return valueOr(await reader.readExecutable(pid), undefined);
}

/** Reads the name of the file that a process executes, or else the name that the process gives itself. */
export async function processName(pid: number, reader: SystemReader): Promise<string> {
	const executable = await processExecutable(pid, reader);
	if (executable !== undefined) return executable.slice(executable.lastIndexOf("/") + 1);
	return valueOr(await reader.readOwnName(pid), undefined) ?? "";
}
