import { expect, it } from "vitest";
import { readEngineConfiguration } from "../../engine-config/src/configuration.ts";
import { forecastStart } from "./forecast-start.ts";
import type { Observations } from "./observations.ts";

// How this test was seen to fail: with what is blocked taken for a start.

it("B38 a start that is blocked fails, though no check has said why", () => {
	const configuration = readEngineConfiguration({}, {}, "/nowhere");
	const situation = { standing: "blocked", configuration, sources: { outcome: { kind: "download" } } };
	expect(forecastStart(situation as unknown as Observations, [])).toEqual({
		kind: "fail",
		areas: ["endpoint"],
	});
});
