import { spawnSync } from "node:child_process";
import type { Sandbox } from "./sandbox.ts";

/** Whether this user may mount a file system, in a mount namespace of its own; that takes root on Linux. */
export const mayMount: boolean = spawnSync("unshare", ["--mount", "true"]).status === 0;

/** What is mounted on a sandbox's folder. */
const DISKS = {
	full: { mountOptions: "size=16k", fill: 'head -c 16k /dev/zero > "$1/filler" 2>/dev/null;' },
	"read-only": { mountOptions: "ro", fill: "" },
} as const;

/** Runs an ES module, given as text, where a sandbox's folder is such a disk. */
export function runOnDisk(
	box: Sandbox,
	disk: keyof typeof DISKS,
	program: string,
): { readonly stdout: string; readonly stderr: string } {
	const { mountOptions, fill } = DISKS[disk];
	const script = `mount -t tmpfs -o ${mountOptions} tmpfs "$1" && { ${fill} true; } && exec "$2" --input-type=module -e "$3"`;
	return spawnSync("unshare", ["--mount", "sh", "-c", script, "sh", box.folder, process.execPath, program], {
		env: { ...process.env, ...box.environment },
		encoding: "utf8",
	});
}
