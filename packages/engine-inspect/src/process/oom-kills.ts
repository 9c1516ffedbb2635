import { readFile } from "node:fs/promises";
import path from "node:path";
import { requireOption } from "@rivetkit/engine-core";
import { requirePaths, requirePid } from "../require-arguments.ts";

/** The number of processes of a cgroup that the system has killed for want of memory. */
export interface OomKills {
	/** The file with the count. */
	readonly file: string;
	readonly count: number;
}

/**
 * Reads the count for the cgroup of a process, in which its children are, too. Undefined where nothing is counted:
 * outside Linux, in the root cgroup, where the cgroup's files are not mounted, and where memory is with cgroup version 1.
 *
 * @param root - Where the file system begins, for tests.
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
 * Tells whether the count has moved since. Undefined where that is unknown.
 *
 * The system counts before it kills, so once the death is known the count is right.
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
		// A container may see no more of the hierarchy than its own part.
		const below = path.posix.relative(mount.root, cgroup);
		if (!below.startsWith("..")) yield path.posix.join(mount.mountPoint, below, "memory.events");
	}
}

/** The line of version 2 is `0::/user.slice`. @see cgroups(7) */
function pathInVersion2(cgroups: string): string | undefined {
	return /^0::(\/.*)$/m.exec(cgroups)?.[1];
}

interface Mount {
	readonly root: string;
	readonly mountPoint: string;
	readonly type: string;
}

/** A line such as `35 31 0:32 / /sys/fs/cgroup rw shared:9 - cgroup2 cgroup2 rw`. @see proc_pid_mountinfo(5) */
function parseMount(line: string): readonly Mount[] {
	const [ofMount = "", ofFileSystem = ""] = line.split(" - ");
	const [, , , root, mountPoint] = ofMount.split(" ");
	const [type = ""] = ofFileSystem.split(" ");
	if (root === undefined || mountPoint === undefined) return [];
	return [{ root: unescaped(root), mountPoint: unescaped(mountPoint), type }];
}

/** Blanks and the like are written as three octal digits. */
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
