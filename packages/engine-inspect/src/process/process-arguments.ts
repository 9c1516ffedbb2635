import { readFile } from "node:fs/promises";

/**
 * Reads the command line of a process, which begins with the program's name. Empty for a process that has ended, and on
 * platforms without `/proc`.
 */
export async function processArguments(pid: number): Promise<readonly string[]> {
	const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
	return line === "" ? [] : line.replace(/\0$/, "").split("\0");
}
