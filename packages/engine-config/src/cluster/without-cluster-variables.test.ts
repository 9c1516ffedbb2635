import { expectEngineError } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import { readUsableCluster, withoutClusterVariables } from "./without-cluster-variables.ts";

const environment = {
	RIVETKIT_ENGINE_POSTGRES_URL_FILE: "/no/such/file",
	RIVETKIT_ENGINE_NATS_ADDRESSES: "127.0.0.1:1",
	RIVETKIT_ENGINE_ADMIN_TOKEN: "a-token",
	PATH: "/bin",
};

describe("B42 environment variables for a cluster", () => {
	it("are ignored, with the rest of their group, if one has an unusable value", () => {
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

	it("cause the first error to be thrown if an option needs them", async () => {
		const messaging = { kind: "nats", addresses: ["127.0.0.1:1"] } as const;
		const reading = (async () => readUsableCluster({ messaging }, environment, "/"))();
		expect((await expectEngineError(reading, "invalid_option")).message).toContain("/no/such/file");
	});

	it("can all be removed", () => {
		expect(withoutClusterVariables(environment)).toEqual({ PATH: "/bin" });
	});
});
