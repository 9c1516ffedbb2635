import { expect, it } from "vitest";
import { readEngineConfiguration } from "../../../engine-config/src/configuration.ts";
import type { EngineOptions } from "../../../engine-config/src/engine-options.ts";
import type { LocatedEngine } from "./find-target.ts";
import { isMeant } from "./is-meant.ts";

// How this test was seen to fail: with each of the three conditions taken out in turn.

const recorded = { owner: {} } as LocatedEngine;
const unrecorded = { owner: undefined } as LocatedEngine;

it.each<[boolean, string, LocatedEngine, EngineOptions]>([
	[true, "the default instance, wherever it is asked", unrecorded, {}],
	[true, "a named instance that is recorded to be alive", recorded, { instancePath: "second" }],
	[
		true,
		"a named instance at an endpoint that was named",
		unrecorded,
		{ instancePath: "second", bindPort: 7420 },
	],
	[false, "the default endpoint's engine for a named instance", unrecorded, { instancePath: "second" }],
])("B38 %s: %s", (expected, _what, located, options) => {
	expect(isMeant(located, readEngineConfiguration(options, {}, "/nowhere"))).toBe(expected);
});
