import { readFile } from "node:fs/promises";
import path from "node:path";

/** The number of processes of a cgroup that the system has killed for want of memory. */
export interface OomKills {
	/** The file with the count. */
	readonly file: string;
	readonly count: number;
}

/**
 * Reads the count for the cgroup of a process, in which its children are, too. Undefined where nothing is counted:
 * outside Linux, in the root cgroup, and where the cgroup's files are not mounted.
 *
 * @param root - Where the file system begins, for tests.
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files, and for version 1
 * https://docs.kernel.org/admin-guide/cgroup-v1/memory.html
 */
export async function oomKills(pid: number | "self", root = "/"): Promise<OomKills | undefined> {
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
	const now = before && (await readCount(before.file));
	return now && before && now.count > before.count;
}

interface Hierarchy {
	readonly isMount: (type: string, options: readonly string[]) => boolean;
	readonly isCgroup: (controllers: string) => boolean;
	readonly file: string;
}

/** Version 1 before 2: where both are mounted, memory is with the former. */
const HIERARCHIES: readonly Hierarchy[] = [
	{
		isMount: (type, options) => type === "cgroup" && options.includes("memory"),
		isCgroup: (controllers) => controllers.split(",").includes("memory"),
		file: "memory.oom_control",
	},
	{
		isMount: (type) => type === "cgroup2",
		isCgroup: (controllers) => controllers === "",
		file: "memory.events",
	},
];

function* counterFiles(cgroups: string, mounts: string): Generator<string> {
	const mounted = mounts.split("\n").flatMap(parseMount);
	const memberships = cgroups.split("\n").flatMap(parseMembership);
	for (const { isMount, isCgroup, file } of HIERARCHIES) {
		const cgroup = memberships.find(({ controllers }) => isCgroup(controllers));
		if (cgroup === undefined) continue;
		for (const mount of mounted.filter(({ type, options }) => isMount(type, options))) {
			// A container may see no more of the hierarchy than its own part.
			const below = path.posix.relative(mount.root, cgroup.path);
			if (!below.startsWith("..")) yield path.posix.join(mount.mountPoint, below, file);
		}
	}
}

/** A line such as `4:memory:/user.slice`, or `0::/user.slice` of version 2. @see cgroups(7) */
function parseMembership(line: string): readonly { readonly controllers: string; readonly path: string }[] {
	const match = /^\d+:([^:]*):(\/.*)$/.exec(line);
	return match === null ? [] : [{ controllers: match[1] ?? "", path: match[2] ?? "" }];
}

interface Mount {
	readonly root: string;
	readonly mountPoint: string;
	readonly type: string;
	readonly options: readonly string[];
}

/** A line such as `35 31 0:32 / /sys/fs/cgroup rw shared:9 - cgroup2 cgroup2 rw`. @see proc_pid_mountinfo(5) */
function parseMount(line: string): readonly Mount[] {
	const [ofMount = "", ofFileSystem = ""] = line.split(" - ");
	const [, , , root, mountPoint] = ofMount.split(" ");
	const [type = "", , options = ""] = ofFileSystem.split(" ");
	if (root === undefined || mountPoint === undefined) return [];
	return [{ root: unescaped(root), mountPoint: unescaped(mountPoint), type, options: options.split(",") }];
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
