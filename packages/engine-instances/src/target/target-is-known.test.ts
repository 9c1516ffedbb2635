import { expect, it } from "vitest";
import { readEngineConfiguration } from "../../../engine-config/src/configuration.ts";
import type { EngineOptions } from "../../../engine-config/src/engine-options.ts";
import type { TargetEngine } from "./find-target.ts";
import { targetIsKnown } from "./target-is-known.ts";

// How this test was seen to fail: with each of the three conditions taken out in turn.

const recorded = { record: {} } as TargetEngine;
const unrecorded = { record: undefined } as TargetEngine;

it.each<[boolean, string, TargetEngine, EngineOptions]>([
	[true, "the default instance, wherever it is asked", unrecorded, {}],
	[true, "a named instance that is recorded to be alive", recorded, { instancePath: "second" }],
	[
		true,
		"a named instance at an endpoint that was named",
		unrecorded,
		{ instancePath: "second", bindPort: 7420 },
	],
	[false, "the default endpoint's engine for a named instance", unrecorded, { instancePath: "second" }],
])("B38 %s: %s", (expected, _what, target, options) => {
	expect(targetIsKnown(target, readEngineConfiguration(options, {}, "/nowhere"))).toBe(expected);
});
