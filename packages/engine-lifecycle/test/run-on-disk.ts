import { spawnSync } from "node:child_process";
import type { Sandbox } from "./sandbox.ts";

/** True if this user may mount a file system in a new mount namespace, as root on Linux may. */
export const mayMount: boolean = spawnSync("unshare", ["--mount", "true"]).status === 0;

/** The disks that can be mounted on a sandbox's folder. */
const DISKS = {
	full: { mountOptions: "size=16k", fill: 'head -c 16k /dev/zero > "$1/filler" 2>/dev/null;' },
	"read-only": { mountOptions: "ro", fill: "" },
} as const;

/** Runs the text of an ES module with a disk mounted on a sandbox's folder. */
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
