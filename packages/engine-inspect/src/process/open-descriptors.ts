import { readdir, readlink } from "node:fs/promises";

/**
 * Lists what the descriptors of a process refer to: paths, and `socket:[<inode>]` and the like. Empty if the process
 * may not be looked into, and on platforms without `/proc`.
 */
export async function openDescriptors(pid: number): Promise<readonly string[]> {
	const folder = `/proc/${pid}/fd`;
	const names = await readdir(folder).catch(() => []);
	return await Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => "")));
}
