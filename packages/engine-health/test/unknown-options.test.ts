import { type EngineHealth, parseEndpoint } from "@rivetkit/engine-core";
import { expectEngineError } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { askDatabase, probeDatabase, probeEngine, waitForEngine } from "../src/index.ts";
import { serveEngine } from "./engine-server.ts";

describe("an option that is not known", () => {
	const misspelt = { timeout: 1 };

	test.each<[string, (endpoint: string) => Promise<EngineHealth | object>]>([
		["probeEngine", async (endpoint) => await probeEngine(endpoint, misspelt as object)],
		["probeDatabase", async (endpoint) => await probeDatabase(endpoint, misspelt as object)],
		["askDatabase", async (endpoint) => await askDatabase(parseEndpoint(endpoint), misspelt as object)],
		["waitForEngine", async (endpoint) => await waitForEngine(endpoint, misspelt as object)],
	])("is refused by %s before any request", async (_, call) => {
		await using server = await serveEngine();
		const error = await expectEngineError(call(server.url), "invalid_option");
		expect(error.message).toBe("Option 'timeout' is unknown.");
		expect(server.requests).toEqual([]);
	});
});
