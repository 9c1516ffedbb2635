import { expect, it } from "vitest";
import { readEngineConfiguration } from "../../engine-config/src/configuration.ts";
import { forecastStart } from "./forecast-start.ts";
import type { Observations } from "./observations.ts";

// Seen to fail with a blocked endpoint taken for a free one.

it("B38 a start that is blocked fails, though no check has said why", () => {
	const configuration = readEngineConfiguration({}, {}, "/nowhere");
	const observations = {
		endpointState: "blocked",
		configuration,
		sources: { outcome: { kind: "download" } },
	};
	expect(forecastStart(observations as unknown as Observations, [])).toEqual({
		kind: "fail",
		areas: ["endpoint"],
	});
});
