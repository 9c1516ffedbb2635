import { expect, it } from "vitest";
import { overridingVariables } from "./overriding-variables.ts";

// Seen to fail with each of the two variables ignored, with endpoints compared as texts, and with a variable listed
// although nothing is printed in its place.

const printed = { RIVET_ENDPOINT: "http://127.0.0.1:7420", RIVET_ENGINE_BINARY: "/bin/engine" };

it.each([
	[{}, []],
	[{ RIVET_ENGINE: "http://127.0.0.1:6420" }, ["RIVET_ENGINE"]],
	[{ RIVET_ENGINE: "http://space:token@127.0.0.1:7420/" }, []],
	[{ RIVET_ENGINE: "", RIVET_ENGINE_BINARY_PATH: "/bin/engine" }, []],
	[{ RIVET_ENGINE_BINARY_PATH: "/other/engine" }, ["RIVET_ENGINE_BINARY_PATH"]],
])("B38 in the environment %j, %j would count before the printed variables", (environment, expected) => {
	expect(overridingVariables(printed, environment)).toEqual(expected);
	expect(overridingVariables({}, environment)).toEqual([]);
});
