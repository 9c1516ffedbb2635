import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { builtPackage, sandbox } from "./sandbox.ts";

/** A mount namespace of one's own, in which a small or read-only file system can be mounted, takes root. */
const mayMount = spawnSync("unshare", ["--mount", "true"]).status === 0;
if (!mayMount) console.warn("Skipped: tests with a full and a read-only disk, which need root on Linux.");

describe.skipIf(!mayMount)("a storage root that cannot be written", () => {
	it.each([
		["a full disk", "size=16k", 'head -c 16k /dev/zero > "$1/filler" 2>/dev/null;', "no_space"],
		["a read-only disk", "ro", "", "read_only"],
	])("%s is a clear error, and nothing is left running", async (_title, mountOptions, fill, code) => {
		await using box = await sandbox();
		const host = `
			import { startOrReuse } from ${JSON.stringify(builtPackage("engine-manager"))};
			await startOrReuse(${JSON.stringify(box.options)}).then(
				() => console.log("started"),
				({ code, message, metadata }) => console.log(JSON.stringify({ code, message, hint: metadata.hint })),
			);
		`;
		const script = `mount -t tmpfs -o ${mountOptions} tmpfs "$1" && { ${fill} true; } && exec "$2" --input-type=module -e "$3"`;
		const result = spawnSync(
			"unshare",
			["--mount", "sh", "-c", script, "sh", box.folder, process.execPath, host],
			{
				env: { ...process.env, ...box.environment },
				encoding: "utf8",
			},
		);
		expect(result.stderr).toBe("");
		const error = JSON.parse(result.stdout);
		expect(error).toMatchObject({ code, hint: expect.stringContaining("RIVETKIT_STORAGE_PATH") });
		expect(error.message).toContain(box.storageRoot);
	});
});
