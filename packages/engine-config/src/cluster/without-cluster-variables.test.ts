import { expectEngineError } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import { readUsableCluster, withoutClusterVariables } from "./without-cluster-variables.ts";

const environment = {
	RIVETKIT_ENGINE_POSTGRES_URL_FILE: "/no/such/file",
	RIVETKIT_ENGINE_NATS_ADDRESSES: "127.0.0.1:1",
	RIVETKIT_ENGINE_ADMIN_TOKEN: "a-token",
	PATH: "/bin",
};

describe("B42 variables of which one cannot be used", () => {
	it("are left out with those that are of no use without it; the others count", () => {
		const { cluster, flaws } = readUsableCluster({}, environment, "/");
		expect(cluster).toMatchObject({
			storage: { value: { kind: "file-system" } },
			messaging: { value: { kind: "memory" } },
			secrets: { adminToken: "a-token" },
		});
		expect(flaws.map(({ metadata }) => metadata["variable"])).toEqual([
			"RIVETKIT_ENGINE_POSTGRES_URL_FILE",
			"RIVETKIT_ENGINE_NATS_ADDRESSES",
		]);
	});

	it("are told by the first flaw where an option needs them", async () => {
		const messaging = { kind: "nats", addresses: ["127.0.0.1:1"] } as const;
		const reading = (async () => readUsableCluster({ messaging }, environment, "/"))();
		expect((await expectEngineError(reading, "invalid_option")).message).toContain("/no/such/file");
	});

	it("can be left out all together", () => {
		expect(withoutClusterVariables(environment)).toEqual({ PATH: "/bin" });
	});
});
