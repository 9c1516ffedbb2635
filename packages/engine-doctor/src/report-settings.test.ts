import { describe, expect, it } from "vitest";
import { readEngineConfiguration } from "../../engine-config/src/configuration.ts";
import { reportSettings } from "./report-settings.ts";

describe("B7 B38 the settings of a diagnosis", () => {
	it("are all settings of the configuration", () => {
		const configuration = readEngineConfiguration({}, {}, "/");
		const names = Object.entries(configuration)
			.filter(([, value]) => value !== null && typeof value === "object" && "origin" in value)
			.map(([name]) => name);
		const shown = reportSettings(configuration).map(({ name }) => name);
		expect(names.filter((name) => !shown.includes(name))).toEqual([]);
	});
});
