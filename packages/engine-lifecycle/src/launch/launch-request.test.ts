import { describe, expect, it } from "vitest";
import { readEngineConfiguration } from "../../../engine-config/src/configuration.ts";
import type { EngineOptions } from "../../../engine-config/src/engine-options.ts";
import { launchRequest } from "./launch-request.ts";

const url = "postgresql://rivet:s3cret@db.internal:5432/app";
const address = { host: "127.0.0.1", port: 7000 };
const ports = { guard: address, apiPeer: address, metrics: address };

const request = (options: EngineOptions, environment: Record<string, string> = {}) =>
	launchRequest(readEngineConfiguration({ storageRoot: "/data", ...options }, environment, "/work"), ports);

describe("B42 the request to start an engine", () => {
	it("names no database folder with PostgreSQL, and turns telemetry off", () => {
		const storage = { kind: "postgres", url } as const;
		expect(request({ storage })).toMatchObject({
			databasePath: undefined,
			telemetry: false,
			configPath: "/data/var/engine/engine.json",
		});
		expect(request({ storage, telemetry: true }).telemetry).toBe(true);
	});

	it("names the database folder without PostgreSQL, and a configuration file only if it is needed", () => {
		expect(request({})).toMatchObject({ databasePath: "/data/var/engine/db", configPath: undefined });
	});

	it("withholds the secret environment variables from the engine", () => {
		const environment = { RIVETKIT_ENGINE_POSTGRES_URL: url, RIVET__AUTH__ADMIN_TOKEN: "007" };
		const { withheld } = request({}, environment);
		expect(withheld).toEqual(expect.arrayContaining(Object.keys(environment)));
	});
});
