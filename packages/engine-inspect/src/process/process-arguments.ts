import { readFile } from "node:fs/promises";

/**
 * What a process was started as: its command line, of which the first is the program's name. Empty for one
 * that has ended, and on platforms without `/proc`.
 */
export async function processArguments(pid: number): Promise<readonly string[]> {
	const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
	return line === "" ? [] : line.replace(/\0$/, "").split("\0");
}
