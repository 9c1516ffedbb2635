import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import path from "node:path";
import { openFilesLimit } from "./proc-limits.ts";
import { parseFileLocks } from "./proc-locks.ts";
import { parseTcpSockets } from "./proc-net.ts";
import { type Answer, type Descriptor, known, type SystemReader, UNKNOWN } from "./system-reader.ts";

const TCP_TABLES = { 4: "net/tcp", 6: "net/tcp6" } as const;

/**
 * Makes the reader of `/proc`. An answer is unknown if the file may not be read, or if `/proc` is not mounted. Processes of
 * other users that `/proc` hides (`hidepid`) look as if they had ended.
 *
 * @param root - The root of the file system; tests pass another.
 * @see proc(5)
 */
export function procReader(root = "/"): SystemReader {
	const proc = path.join(root, "proc");

	/** Answers with what `read` reads, or with `absent` if procfs is mounted and lacks this file. */
	async function ask<Value>(read: () => Promise<Value>, absent: Value): Promise<Answer<Value>> {
		try {
			return known(await read());
		} catch (error) {
			return isAbsence(error) && (await isMounted(proc)) ? known(absent) : UNKNOWN;
		}
	}
	const text = (file: string): Promise<string> => readFile(`${proc}/${file}`, "utf8");

	return {
		readProcesses: async () => pidsAmong(await readdir(proc).catch(() => [])),
		readExecutable: (pid) => ask(async () => originalPath(await readlink(`${proc}/${pid}/exe`)), undefined),
		readOwnName: (pid) => ask(async () => (await text(`${pid}/comm`)).trim(), undefined),
		readArguments: (pid) => ask(async () => splitArguments(await text(`${pid}/cmdline`)), []),
		readDescriptors: (pid) => ask(() => descriptorsIn(`${proc}/${pid}/fd`), []),
		readOpenFilesLimit: (pid) => ask(async () => openFilesLimit(await text(`${pid}/limits`)), undefined),
		// A system without IPv6 has no table for it, which counts as a table without sockets.
		readTcpSockets: (family, state) =>
			ask(async () => parseTcpSockets(await text(TCP_TABLES[family]), state), []),
		readFileLocks: () => ask(async () => parseFileLocks(await text("locks")), []),
	};
}

/**
 * True for a file that does not exist. ESRCH means that the process ended between the opening and the reading of its
 * file.
 */
function isAbsence(error: unknown): boolean {
	const { code } = error as NodeJS.ErrnoException;
	return code === "ENOENT" || code === "ESRCH";
}

/** Returns true if procfs is mounted: without it, `/proc` may be an empty folder. */
async function isMounted(proc: string): Promise<boolean> {
	return await lstat(`${proc}/self`).then(
		() => true,
		() => false,
	);
}

/**
 * Picks the pids from the entries of `/proc`. This process is always among them, so no pids at all means that procfs
 * is not mounted.
 */
function pidsAmong(names: readonly string[]): Answer<readonly number[]> {
	const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
	return pids.length === 0 ? UNKNOWN : known(pids);
}

/**
 * Removes the mark that the kernel adds to the path of a file that was replaced or deleted since, for example by an
 * upgrade of the engine.
 */
function originalPath(target: string): string | undefined {
	return target.replace(/ \(deleted\)$/, "") || undefined;
}

function splitArguments(line: string): readonly string[] {
	return line === "" ? [] : line.replace(/\0$/, "").split("\0");
}

async function descriptorsIn(folder: string): Promise<readonly Descriptor[]> {
	const names = await readdir(folder);
	return await Promise.all(
		names.map(async (name) => parseDescriptor(await readlink(`${folder}/${name}`).catch(() => ""))),
	);
}

function parseDescriptor(target: string): Descriptor {
	const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
	return inode === undefined ? { kind: "file", path: target } : { kind: "socket", inode };
}
