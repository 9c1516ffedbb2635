import { expect, it } from "vitest";
import { overridingVariables } from "./overriding-variables.ts";

// How this test was seen to fail: with either variable not looked at, with endpoints compared as they are written, and
// with a variable counted where nothing is printed in its place.

const printed = { RIVET_ENDPOINT: "http://127.0.0.1:7420", RIVET_ENGINE_BINARY: "/bin/engine" };

it.each([
	[{}, []],
	[{ RIVET_ENGINE: "http://127.0.0.1:6420" }, ["RIVET_ENGINE"]],
	[{ RIVET_ENGINE: "http://space:token@127.0.0.1:7420/" }, []],
	[{ RIVET_ENGINE: "", RIVET_ENGINE_BINARY_PATH: "/bin/engine" }, []],
	[{ RIVET_ENGINE_BINARY_PATH: "/other/engine" }, ["RIVET_ENGINE_BINARY_PATH"]],
])("B38 of %j, %j would count before what is printed", (environment, expected) => {
	expect(overridingVariables(printed, environment)).toEqual(expected);
	expect(overridingVariables({}, environment)).toEqual([]);
});
