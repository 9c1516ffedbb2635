import { readFile } from "node:fs/promises";
import path from "node:path";
import { requireOption } from "@rivetkit/engine-core";
import { requirePaths, requirePid } from "../require-arguments.ts";

/** The number of processes in a cgroup that the system has killed for lack of memory. */
export interface OomKills {
	/** The file with the count. */
	readonly file: string;
	readonly count: number;
}

/**
 * Reads the count for the cgroup of a process, to which its children belong as well. Returns undefined if the system does
 * not count: outside Linux, in the root cgroup, if the cgroup's files are not mounted, and under cgroup version 1.
 *
 * @param root - The root of the file system; tests pass another.
 * @throws EngineError `invalid_option`.
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files
 */
export async function oomKills(pid: number | "self", root = "/"): Promise<OomKills | undefined> {
	if (pid !== "self") requirePid(pid);
	requirePaths({ root });
	const [cgroups, mounts] = await Promise.all([
		readText(path.join(root, `proc/${pid}/cgroup`)),
		readText(path.join(root, "proc/self/mountinfo")),
	]);
	for (const file of counterFiles(cgroups, mounts)) {
		const found = await readCount(path.join(root, file));
		if (found !== undefined) return found;
	}
	return undefined;
}

/**
 * Returns true if the count has risen since; undefined if that is unknown. The system counts before it kills, so the
 * count is up to date as soon as the end of the process is known.
 *
 * @throws EngineError `invalid_option`.
 */
export async function oomKillsMoved(before: OomKills | undefined): Promise<boolean | undefined> {
	const isBefore = before === undefined || typeof before?.file === "string";
	requireOption("before", isBefore, "what `oomKills` returns");
	const now = before && (await readCount(before.file));
	return now && before && now.count > before.count;
}

function* counterFiles(cgroups: string, mounts: string): Generator<string> {
	const cgroup = pathInVersion2(cgroups);
	if (cgroup === undefined) return;
	for (const mount of mounts.split("\n").flatMap(parseMount)) {
		if (mount.type !== "cgroup2") continue;
		// A container may see only its own part of the hierarchy.
		const below = path.posix.relative(mount.root, cgroup);
		if (!below.startsWith("..")) yield path.posix.join(mount.mountPoint, below, "memory.events");
	}
}

/** Finds the line of version 2, such as `0::/user.slice`. @see cgroups(7) */
function pathInVersion2(cgroups: string): string | undefined {
	return /^0::(\/.*)$/m.exec(cgroups)?.[1];
}

interface Mount {
	readonly root: string;
	readonly mountPoint: string;
	readonly type: string;
}

/** Reads a line such as `35 31 0:32 / /sys/fs/cgroup rw shared:9 - cgroup2 cgroup2 rw`. @see proc_pid_mountinfo(5) */
function parseMount(line: string): readonly Mount[] {
	const [ofMount = "", ofFileSystem = ""] = line.split(" - ");
	const [, , , root, mountPoint] = ofMount.split(" ");
	const [type = ""] = ofFileSystem.split(" ");
	if (root === undefined || mountPoint === undefined) return [];
	return [{ root: unescaped(root), mountPoint: unescaped(mountPoint), type }];
}

/** Decodes blanks and other special characters, which the kernel writes as three octal digits. */
function unescaped(text: string): string {
	return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
		String.fromCharCode(Number.parseInt(digits, 8)),
	);
}

async function readCount(file: string): Promise<OomKills | undefined> {
	const count = /^oom_kill (\d+)$/m.exec(await readText(file))?.[1];
	return count === undefined ? undefined : { file, count: Number(count) };
}

async function readText(file: string): Promise<string> {
	return await readFile(file, "utf8").catch(() => "");
}
