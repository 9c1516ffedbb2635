import type { ShownConfiguration } from "@rivetkit/engine-spawn";
import { describe, expect, test } from "vitest";
import { readEngineConfiguration } from "../../../engine-config/src/configuration.ts";
import { differences } from "./confirm-configuration.ts";

describe("B42 the configuration that an engine shows", () => {
	const shown: ShownConfiguration = {
		storage: "postgres",
		messaging: "nats",
		hasAdminToken: true,
		telemetry: false,
	};
	const asked = readEngineConfiguration(
		{
			storageRoot: "/data",
			storage: { kind: "postgres", url: "postgresql://u:p@h/d" },
			messaging: { kind: "nats", addresses: ["h:4222"] },
			adminToken: "t",
		},
		{},
		"/",
	);

	test("agrees with the options", () => {
		expect(differences(asked, { telemetry: false }, shown)).toEqual([]);
		expect(differences(asked, { telemetry: true }, { ...shown, telemetry: true })).toEqual([]);
	});

	test.each<[Partial<ShownConfiguration>, string]>([
		[{ storage: "file-system" }, "storage 'file-system' instead of 'postgres'"],
		[{ messaging: "memory" }, "messaging 'memory' instead of 'nats'"],
		[{ hasAdminToken: false }, "without the admin token"],
		[{ telemetry: true }, "send telemetry to Rivet although that is turned off"],
	])("differs from the options: %j", (change, difference) => {
		expect(differences(asked, { telemetry: false }, { ...shown, ...change })).toEqual([
			expect.stringContaining(difference),
		]);
	});
});
