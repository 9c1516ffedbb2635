import { serveStatus } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import { openContext } from "../../engine-lifecycle/src/context.ts";
import { sandbox } from "../../engine-lifecycle/test/sandbox.ts";
import { checkPorts } from "../src/checks/check-ports.ts";
import type { Finding } from "../src/finding.ts";
import { observe } from "../src/observations.ts";
import { diagnose, explainsFaults, holdLock, type PlantedFault } from "./planted-faults.ts";

// Seen to fail: each fault without the lines of the check that find it, or with a lower level; the others with
// ports that are bound although a lock is held, or only once.

const FAULTS: readonly PlantedFault[] = [
	{
		title: "2 only the port above the guard's is taken",
		expected: { area: "ports", level: "problem" },
		plant: async (box, keep) => {
			keep(await serveStatus(200, "", "text/plain", { port: box.port + 1 }));
			return {
				message: [`${box.port + 1} (api-peer, held by 'node' with pid ${process.pid})`],
				cure: ["`bindPort`"],
			};
		},
	},
];

explainsFaults(FAULTS);

describe("B38 the doctor if nothing is wrong", () => {
	it("does not test ports while a start is under way, and tests a taken port twice", async () => {
		await using box = await sandbox();
		await using server = await serveStatus(200, "", "text/plain", { port: box.port + 1 });
		const ports = ({ findings }: { readonly findings: readonly Finding[] }) =>
			findings.filter(({ area }) => area === "ports");
		{
			await using _lock = await holdLock(box.layout.lockFolder);
			expect(ports(await diagnose(box))).toMatchObject([
				{ level: "ok", message: expect.stringContaining("not tested, since a start is under way") },
			]);
		}
		const observations = await observe(openContext({ ...box.options, environment: box.environment }));
		const testing = checkPorts(observations, async () => await server[Symbol.asyncDispose]());
		expect(await testing).toMatchObject([{ level: "ok", message: expect.stringContaining("can be bound") }]);
	});
});
