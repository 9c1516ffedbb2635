import { writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { mayMount, runOnDisk } from "../../engine-lifecycle/test/run-on-disk.ts";
import { builtPackage, sandbox } from "../../engine-lifecycle/test/sandbox.ts";
import { explainsFaults, type PlantedFault } from "./planted-faults.ts";

// Seen to fail: each fault without the lines of the check that find it, or with a lower level.

const FAULTS: readonly PlantedFault[] = [
	{
		title: "9 a file stands in the place of the storage root",
		expected: { area: "storage", level: "problem" },
		plant: async (box) => {
			await writeFile(box.storageRoot, "");
			return {
				message: [`'${box.storageRoot}'`],
				cure: ["Move away what is at that path", "`RIVETKIT_STORAGE_PATH`"],
			};
		},
	},
];

explainsFaults(FAULTS);

if (!mayMount) console.warn("Skipped: the doctor on a full and a read-only disk, which needs root on Linux.");

describe.skipIf(!mayMount)("B38 the doctor explains a disk", () => {
	it.each([
		["full", "no space left"],
		["read-only", "cannot be written (EROFS)"],
	] as const)("9 that is %s", async (disk, message) => {
		await using box = await sandbox();
		const program = `
			import { diagnoseEngine } from ${JSON.stringify(builtPackage("engine-doctor"))};
			console.log(JSON.stringify(await diagnoseEngine(${JSON.stringify(box.options)})));
		`;
		const { stdout, stderr } = runOnDisk(box, disk, program);
		expect(stderr).toBe("");
		const { findings, wouldStart } = JSON.parse(stdout);
		expect(wouldStart).toEqual({ kind: "fail", areas: ["storage"] });
		expect(findings).toContainEqual({
			area: "storage",
			level: "problem",
			message: expect.stringContaining(message),
			cure: expect.stringContaining("`RIVETKIT_STORAGE_PATH`"),
		});
	});
});
