import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { oomKills, oomKillsMoved } from "./oom-kills.ts";

// Seen to fail: with the mount's root left out of the path, and with blanks left escaped.

/** Writes files as the kernel shows them, below a folder. */
async function tree(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
	for (const [name, content] of Object.entries(files)) {
		await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
		await writeFile(path.join(folder, name), content);
	}
}

const EVENTS = "low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\noom_group_kill 0\n";
const V1_MOUNT = "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory";
const V2_MOUNT = "31 23 0:28 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate";

const COUNTED: readonly [string, Readonly<Record<string, string>>, string, number][] = [
	[
		"version 2",
		{
			"proc/self/cgroup": "0::/user.slice/app.scope\n",
			"proc/self/mountinfo": `22 1 8:1 / / rw - ext4 /dev/vda rw\n${V2_MOUNT}\n`,
			"sys/fs/cgroup/user.slice/app.scope/memory.events": EVENTS,
		},
		"sys/fs/cgroup/user.slice/app.scope/memory.events",
		2,
	],
	[
		"version 2 beside version 1",
		{
			"proc/self/cgroup": "9:name=systemd:/\n5:cpu,cpuacct:/x\n0::/app.scope\n",
			"proc/self/mountinfo": `${V1_MOUNT}\n${V2_MOUNT}\n`,
			"sys/fs/cgroup/app.scope/memory.events": EVENTS,
		},
		"sys/fs/cgroup/app.scope/memory.events",
		2,
	],
	[
		"a container that sees its own part only",
		{
			"proc/self/cgroup": "0::/docker/abc/inner\n",
			"proc/self/mountinfo":
				"35 31 0:32 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n36 31 0:32 /docker/other /elsewhere ro - cgroup2 cgroup rw\n",
			"sys/fs/cgroup/inner/memory.events": EVENTS,
		},
		"sys/fs/cgroup/inner/memory.events",
		2,
	],
	[
		"names with blanks",
		{
			"proc/self/cgroup": "0::/my app.scope\n",
			"proc/self/mountinfo": "31 23 0:28 / /mnt/my\\040groups rw - cgroup2 cgroup2 rw\n",
			"mnt/my groups/my app.scope/memory.events": EVENTS,
		},
		"mnt/my groups/my app.scope/memory.events",
		2,
	],
];

describe("B33 kills for lack of memory", () => {
	test.each(COUNTED)("are counted by %s", async (_, files, file, count) => {
		await using folder = await temporaryFolder();
		await tree(folder.path, files);
		expect(await oomKills("self", folder.path)).toEqual({ file: path.join(folder.path, file), count });
	});

	test("are counted for the cgroup of another process", async () => {
		await using folder = await temporaryFolder();
		await tree(folder.path, {
			"proc/self/cgroup": "0::/mine\n",
			"proc/self/mountinfo": `${V2_MOUNT}\n`,
			"proc/42/cgroup": "0::/theirs\n",
			"sys/fs/cgroup/theirs/memory.events": EVENTS,
		});
		expect(await oomKills(42, folder.path)).toMatchObject({ count: 2 });
		expect(await oomKills("self", folder.path)).toBeUndefined();
	});

	test.each<[string, Readonly<Record<string, string>>]>([
		["without /proc", {}],
		["in the root cgroup", { "proc/self/cgroup": "0::/\n", "proc/self/mountinfo": `${V2_MOUNT}\n` }],
		[
			"without a mount",
			{ "proc/self/cgroup": "0::/x\n", "proc/self/mountinfo": "22 1 8:1 / / rw - ext4 /dev/vda rw\n" },
		],
		[
			"where memory is with version 1",
			{
				"proc/self/cgroup": "4:memory:/api\n0::/\n",
				"proc/self/mountinfo": `${V1_MOUNT}\n41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n`,
				"sys/fs/cgroup/memory/api/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 4\n",
			},
		],
		[
			"on a kernel that does not count them",
			{
				"proc/self/cgroup": "0::/x\n",
				"proc/self/mountinfo": `${V2_MOUNT}\n`,
				"sys/fs/cgroup/x/memory.events": "low 0\nhigh 0\nmax 12\noom 3\n",
			},
		],
	])("are not known %s", async (_, files) => {
		await using folder = await temporaryFolder();
		await tree(folder.path, files);
		const before = await oomKills("self", folder.path);
		expect(before).toBeUndefined();
		expect(await oomKillsMoved(before)).toBeUndefined();
	});

	test("have happened if the count has moved", async () => {
		await using folder = await temporaryFolder();
		const [, files, file] = COUNTED[0] ?? [];
		await tree(folder.path, files ?? {});
		const before = await oomKills("self", folder.path);
		expect(await oomKillsMoved(before)).toBe(false);
		await tree(folder.path, { [file ?? ""]: EVENTS.replace("oom_kill 2", "oom_kill 3") });
		expect(await oomKillsMoved(before)).toBe(true);
		await tree(folder.path, { [file ?? ""]: "" });
		expect(await oomKillsMoved(before)).toBeUndefined();
	});
});
