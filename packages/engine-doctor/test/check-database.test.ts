import { mkdir, symlink } from "node:fs/promises";
import { realEngineVersion, runUpstreamHost } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import { openContext } from "../../engine-lifecycle/src/context.ts";
import { startOrReuse } from "../../engine-lifecycle/src/start-or-reuse.ts";
import { plantRemains } from "../../engine-lifecycle/test/planted-record.ts";
import { sandbox } from "../../engine-lifecycle/test/sandbox.ts";
import { checkDatabase } from "../src/checks/check-database.ts";
import { observe } from "../src/observations.ts";
import { diagnose, explainsFaults, type PlantedFault } from "./planted-faults.ts";

// Seen to fail: each fault without the lines of the check that find it, or with a lower level.

const FAULTS: readonly PlantedFault[] = [
	{
		title: "7 an engine at another port, which we have started, has the database",
		expected: { area: "database", level: "problem" },
		plant: async (box) => {
			const { startup } = await startOrReuse({ ...box.options, environment: box.environment });
			if (startup.kind !== "spawned") throw new Error("It was not spawned.");
			return {
				options: { bindPort: await box.anotherPort() },
				message: [`in use by the engine at '${box.endpoint}' (pid ${startup.pid})`],
				cure: [`Use the engine at '${box.endpoint}', stop it with \`stopEngine\``, "`instancePath`"],
				engineToStop: { storageRoot: box.storageRoot, endpoint: box.endpoint },
			};
		},
	},
	{
		title: "7 an engine at another port, which rivetkit has started, has the database",
		expected: { area: "database", level: "problem" },
		plant: async (box, keep) => {
			const host = keep(runUpstreamHost({ storageRoot: box.storageRoot, port: box.port }, box.environment));
			const { pid } = JSON.parse(await host.nextLine());
			return {
				options: { bindPort: await box.anotherPort() },
				message: [`'rivet-engine' (pid ${pid}), which listens on port ${box.port}`],
				cure: [`Stop process ${pid}`, "`instancePath`"],
			};
		},
	},
	{
		title: "8 a newer engine has used the database",
		expected: { area: "database", level: "problem" },
		plant: async (box) => {
			const { rewrite } = await plantRemains(box);
			await rewrite({ lastDatabaseVersion: "9.8.7" });
			return {
				message: [`Engine ${realEngineVersion} is older than 9.8.7`],
				cure: ["Use engine 9.8.7 or newer", "`instancePath`"],
			};
		},
	},
];

explainsFaults(FAULTS);

describe("B38 the doctor if nothing is wrong", () => {
	it("distinguishes a database that cannot be read from an absent database", async () => {
		await using box = await sandbox();
		await mkdir(box.layout.folder, { recursive: true });
		await symlink(box.layout.databasePath, box.layout.databasePath);
		expect((await diagnose(box)).findings).toContainEqual({
			area: "database",
			level: "notice",
			message: expect.stringContaining("ELOOP"),
			cure: expect.stringContaining(box.layout.databasePath),
		});
	});

	it("reports an engine that was started while the doctor gathered facts", async () => {
		await using box = await sandbox();
		const another = { ...box.options, bindPort: await box.anotherPort() };
		const observations = await observe(openContext({ ...another, environment: box.environment }));
		await startOrReuse({ ...box.options, environment: box.environment });
		expect(await checkDatabase(observations)).toContainEqual({
			level: "problem",
			message: expect.stringContaining("is in use by the engine"),
			cure: expect.stringContaining(`Use the engine at '${box.endpoint}'`),
			engineToStop: { storageRoot: box.storageRoot, instancePath: undefined, endpoint: box.endpoint },
		});
	});
});
