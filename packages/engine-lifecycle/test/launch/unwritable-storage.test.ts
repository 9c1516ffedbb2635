import { describe, expect, it } from "vitest";
import { mayMount, runOnDisk } from "../run-on-disk.ts";
import { builtPackage, sandbox } from "../sandbox.ts";

if (!mayMount) console.warn("Skipped: tests with a full and a read-only disk, which need root on Linux.");

describe.skipIf(!mayMount)("a storage root that cannot be written", () => {
	it.each([
		["full", "no_space"],
		["read-only", "read_only"],
	] as const)(
		"on a %s disk is an error with a code of its own, and no engine is left",
		async (disk, code) => {
			await using box = await sandbox();
			const host = `
			import { startOrReuse } from ${JSON.stringify(builtPackage("engine-manager"))};
			await startOrReuse(${JSON.stringify(box.options)}).then(
				() => console.log("started"),
				({ code, message, metadata }) => console.log(JSON.stringify({ code, message, hint: metadata.hint })),
			);
		`;
			const { stdout, stderr } = runOnDisk(box, disk, host);
			expect(stderr).toBe("");
			const error = JSON.parse(stdout);
			expect(error).toMatchObject({ code, hint: expect.stringContaining("RIVETKIT_STORAGE_PATH") });
			expect(error.message).toContain(box.storageRoot);
		},
	);
});
