import { readFile, realpath, writeFile } from "node:fs/promises";

/** A program that every Linux has, on most systems linked dynamically. */
const DYNAMIC_PROGRAM = "/bin/true";

/**
 * Writes a copy of one of this machine's programs, changed so that its loader does not exist.
 *
 * @returns The loader's path, or undefined where the program has none, since it is linked statically.
 */
export async function writeProgramWithoutLoader(file: string): Promise<string | undefined> {
	const program = await readFile(await realpath(DYNAMIC_PROGRAM));
	const loader = /\/lib[^\0]*\/ld-[^\0]+/.exec(program.subarray(0, 4096).toString("latin1"))?.[0];
	if (loader === undefined) return undefined;
	const missing = "/no/loader".padEnd(loader.length, "!");
	program.write(missing, program.indexOf(loader), "latin1");
	await writeFile(file, program, { mode: 0o755 });
	return missing;
}
