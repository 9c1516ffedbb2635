import { createFakeEngine, olderEnginePath, realEngineVersion } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import { startOrReuse } from "../../engine-lifecycle/src/start-or-reuse.ts";
import { sandbox } from "../../engine-lifecycle/test/sandbox.ts";
import { diagnose, explainsFaults, isUnwell, type PlantedFault } from "./planted-faults.ts";

// Seen to fail: each fault without the lines of the check that find it, or with a lower level; the others with
// a restart foreseen never or always.

const FAULTS: readonly PlantedFault[] = [
	{
		title: "16 a newer engine runs, and an older one is to take its place",
		expected: { area: "endpoint", level: "problem" },
		plant: async (box, keep) => {
			await startOrReuse({ ...box.options, environment: box.environment });
			const fake = keep(await createFakeEngine({ version: "2.3.1" }));
			return {
				options: { binaryPath: fake.path, onVersionMismatch: "restart" },
				message: ["It was not restarted: Engine 2.3.1 is not newer than the one that runs"],
				cure: [`Use an engine newer than ${realEngineVersion}`],
			};
		},
	},
	{
		title: "16 an engine of another version runs, is to be replaced, and starting is turned off",
		expected: { area: "endpoint", level: "problem" },
		plant: async (box, keep) => {
			await startOrReuse({ ...box.options, environment: box.environment });
			const fake = keep(await createFakeEngine({ version: "2.3.98" }));
			return {
				options: { binaryPath: fake.path, onVersionMismatch: "restart", spawn: "never" },
				message: ["It was not restarted: starting an engine is turned off"],
				cure: ["Stop it"],
			};
		},
	},
	{
		title: "16 an engine with a token is to be replaced by one without",
		expected: { area: "endpoint", level: "problem" },
		plant: async (box) => {
			const older = { binaryPath: olderEnginePath(), adminToken: "s3cret-token" };
			await startOrReuse({ environment: box.environment, ...box.options, ...older });
			return {
				options: { onVersionMismatch: "restart" },
				message: ["It was not restarted: it was started with adminToken"],
				cure: ["that it was started with", "`stopEngine`"],
			};
		},
	},
];

explainsFaults(FAULTS);

describe("B38 the doctor if nothing is wrong", () => {
	it("foresees that an older engine is replaced if the policy says so", async () => {
		await using box = await sandbox();
		await startOrReuse({ environment: box.environment, ...box.options, binaryPath: olderEnginePath() });
		const { findings, wouldStart } = await diagnose(box, { onVersionMismatch: "restart" });
		expect(wouldStart).toEqual({ kind: "restart", endpoint: box.endpoint });
		expect(findings.filter(isUnwell)).toMatchObject([
			{
				level: "notice",
				message: expect.stringContaining(`a start would restart it as ${realEngineVersion}`),
			},
			{ area: "database", level: "notice" },
		]);
	});

	it("ignores the settings with which an engine at another port was started", async () => {
		await using box = await sandbox();
		await using other = await sandbox();
		await startOrReuse({ environment: box.environment, ...box.options, adminToken: "a-token" });
		await startOrReuse({ environment: other.environment, ...other.options, binaryPath: olderEnginePath() });
		const { findings } = await diagnose(box, { bindPort: other.port, onVersionMismatch: "restart" });
		expect(findings.filter(({ level }) => level === "problem")).toEqual([]);
	});
});
