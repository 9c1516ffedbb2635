import { expect, it } from "vitest";
import { readEngineConfiguration } from "../../../engine-config/src/configuration.ts";
import type { EngineOptions } from "../../../engine-config/src/engine-options.ts";
import type { TargetEngine } from "./find-target.ts";
import { targetIsKnown } from "./target-is-known.ts";

// Seen to fail with each of the three conditions of `targetIsKnown` taken out in turn.

const recorded = { record: {} } as TargetEngine;
const unrecorded = { record: undefined } as TargetEngine;

it.each<[boolean, string, TargetEngine, EngineOptions]>([
	[true, "the default instance, at any endpoint", unrecorded, {}],
	[true, "a named instance with the record of a living engine", recorded, { instancePath: "second" }],
	[true, "a named instance at a named endpoint", unrecorded, { instancePath: "second", bindPort: 7420 }],
	[false, "the default endpoint's engine for a named instance", unrecorded, { instancePath: "second" }],
])("B38 %s: %s", (expected, _what, target, options) => {
	expect(targetIsKnown(target, readEngineConfiguration(options, {}, "/nowhere"))).toBe(expected);
});
