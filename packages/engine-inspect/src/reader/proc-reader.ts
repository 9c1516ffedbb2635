import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import path from "node:path";
import { openFilesLimit } from "./proc-limits.ts";
import { parseFileLocks } from "./proc-locks.ts";
import { parseTcpSockets } from "./proc-net.ts";
import { type Answer, type Descriptor, known, type SystemReader, UNKNOWN } from "./system-reader.ts";

const TCP_TABLES = { 4: "net/tcp", 6: "net/tcp6" } as const;

/**
 * Reads `/proc`. Unknown is what may not be read, and everything where `/proc` is not mounted. Where it hides the
 * processes of other users (`hidepid`), they look as if they had ended.
 *
 * @param root - Where the file system begins, for tests.
 * @see proc(5)
 */
export function procReader(root = "/"): SystemReader {
	const proc = path.join(root, "proc");

	/** Reads with `read`, or tells `absent` where procfs is there and this part of it is not. */
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
		// Without IPv6 there is no table for it.
		readTcpSockets: (family, state) =>
			ask(async () => parseTcpSockets(await text(TCP_TABLES[family]), state), []),
		readFileLocks: () => ask(async () => parseFileLocks(await text("locks")), []),
	};
}

/** ESRCH comes where the process ends between the opening of a file and its reading. */
function isAbsence(error: unknown): boolean {
	const { code } = error as NodeJS.ErrnoException;
	return code === "ENOENT" || code === "ESRCH";
}

/** Tells whether procfs is there, rather than an empty folder for it. */
async function isMounted(proc: string): Promise<boolean> {
	return await lstat(`${proc}/self`).then(
		() => true,
		() => false,
	);
}

/** This process is always there; so where no pid is, procfs is not. */
function pidsAmong(names: readonly string[]): Answer<readonly number[]> {
	const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
	return pids.length === 0 ? UNKNOWN : known(pids);
}

/** The system says so where the file was replaced since, as an upgrade of the engine does. */
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
