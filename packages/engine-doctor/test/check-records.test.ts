import { spawn } from "node:child_process";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { identifyProcess } from "@rivetkit/engine-core/process";
import { describe, expect, it } from "vitest";
import { listInstances } from "../../engine-instances/src/list/list-instances.ts";
import { startOrReuse } from "../../engine-lifecycle/src/start-or-reuse.ts";
import { plantRemains } from "../../engine-lifecycle/test/planted-record.ts";
import { sandbox } from "../../engine-lifecycle/test/sandbox.ts";
import { diagnose, explainsFaults, type PlantedFault } from "./planted-faults.ts";

// Seen to fail: each fault without the lines of the check that find it, or with a lower level; the others with
// credentials in endpoints, and with every record of a living engine believed.

const FAULTS: readonly PlantedFault[] = [
	{
		title: "6 the record of the last start is garbage",
		expected: { area: "records", level: "notice" },
		plant: async (box) => {
			await mkdir(box.layout.folder, { recursive: true });
			await writeFile(box.layout.recordPath, '{"format":1,');
			return {
				message: ["it is not JSON"],
				cure: [`no engine uses '${box.layout.databasePath}'`, "`startOrReuse`"],
			};
		},
	},
	{
		title: "6 the record of the last start cannot be read",
		expected: { area: "records", level: "notice" },
		plant: async (box) => {
			await mkdir(box.layout.recordPath, { recursive: true });
			return {
				message: ["EISDIR"],
				cure: [`Make '${box.layout.recordPath}' a file that this user can read`],
			};
		},
	},
	{
		title: "12 the recorded pid belongs to another process now",
		expected: { area: "records", level: "notice" },
		plant: async (box, keep) => {
			const { rewrite } = await plantRemains(box);
			const stranger = spawn("sleep", ["60"], { stdio: "ignore" });
			keep({ [Symbol.asyncDispose]: async () => void stranger.kill("SIGKILL") });
			const identity = await identifyProcess(stranger.pid ?? 0);
			if (identity === undefined) throw new Error("The process could not be identified.");
			await rewrite({ identity: { ...identity, startTime: "1" } });
			// An engine could not use the database of the remains.
			await rm(box.layout.databasePath, { recursive: true });
			return {
				message: ["its pid now belongs to another process"],
				cure: [`Leave process ${stranger.pid} alone`],
			};
		},
	},
];

explainsFaults(FAULTS);

describe("B38 the doctor if nothing is wrong", () => {
	it("never shows the credentials in recorded endpoints", async () => {
		await using box = await sandbox();
		const { rewrite, record, layout } = await plantRemains(box);
		const endpoint = `http://ann:s3cret@127.0.0.1:${box.port}`;
		for (const one of [endpoint, "https://ann:s3cret and@[more"]) {
			await rewrite({ endpoint: one });
			const rivetkitRecord = { pid: record.identity.pid, endpoint: one, bind_host: "127.0.0.1" };
			await writeFile(layout.rivetkitRecordPath, JSON.stringify(rivetkitRecord));
			expect(JSON.stringify(await diagnose(box))).not.toContain("s3cret");
			const listed = await listInstances({ environment: box.environment, storageRoot: box.storageRoot });
			expect(JSON.stringify(listed)).not.toContain("s3cret");
		}
	});
});

describe("B37 the record of a living engine in a copy of its folder", () => {
	it("is reported by the doctor", async () => {
		await using box = await sandbox();
		await startOrReuse({ ...box.options, environment: box.environment });
		const storageRoot = path.join(box.folder, "another", ".rivetkit");
		await cp(box.storageRoot, storageRoot, { recursive: true });
		const { findings } = await diagnose(box, { storageRoot, bindPort: await box.anotherPort() });
		expect(findings).toContainEqual(
			expect.objectContaining({ level: "notice", message: expect.stringContaining("was copied from") }),
		);
	});
});
