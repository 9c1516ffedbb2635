import { describe, expect, test } from "vitest";
import { engineCommand } from "./engine-command.ts";
import { engineEnvironment } from "./engine-environment.ts";
import type { EngineLaunch } from "./engine-launch.ts";

const launch: EngineLaunch = {
	guard: { host: "127.0.0.1", port: 7000 },
	apiPeer: { host: "127.0.0.1", port: 7001 },
	metrics: { host: "127.0.0.1", port: 7010 },
	databasePath: "/data/db",
	preset: "local-dev",
	environment: { PATH: "/bin" },
};

describe("B27 the command", () => {
	test("is the binary with `start` and the environment for the binary's version", () => {
		const binary = { path: "/opt/rivet engine", version: "2.3.5" };
		expect(engineCommand(launch, binary)).toEqual({
			file: "/opt/rivet engine",
			args: ["start"],
			env: engineEnvironment(launch, "2.3.5").variables,
		});
	});

	test("names a configuration file if there is one", () => {
		const withConfig = { ...launch, configPath: "/data/my engine.json" };
		const { args } = engineCommand(withConfig, { path: "/opt/rivet-engine", version: undefined });
		expect(args).toEqual(["start", "--config", "/data/my engine.json"]);
	});
});
