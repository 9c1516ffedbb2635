import type { ProbeResult } from "@rivetkit/engine-health";
import { describe, expect, it } from "vitest";
import { type EndpointState, endpointState } from "./endpoint-state.ts";

// Seen to fail with each answer of `endpointState` changed to its neighbour's in turn.

const managed = { kind: "managed", maySpawn: true } as const;
const passive = { kind: "managed", maySpawn: false } as const;
const young = { version: null };
const grown = { version: "2.3.19" };
const free: ProbeResult = { kind: "free" };
const silent: ProbeResult = { kind: "unresponsive", reason: "" };
const engine = (architecture?: string): ProbeResult => ({
	kind: "engine",
	health: { runtime: "engine", status: "ok", version: "2.3.19", architecture },
});

describe("B38 what a start would find at the endpoint", () => {
	it.each<[EndpointState, string, Parameters<typeof endpointState>]>([
		["remote", "another machine", [{ kind: "remote" }, engine(), undefined]],
		["reusable", "an engine", [managed, engine(), undefined]],
		["reusable", "an engine, where none may be started", [passive, engine(), undefined]],
		["blocked", "an engine of version 3", [managed, engine("v3"), undefined]],
		["free", "nobody", [managed, free, undefined]],
		["blocked", "nobody, where none may be started", [passive, free, undefined]],
		["starting", "nobody yet, and an engine of ours that lives", [managed, free, young]],
		["blocked", "nobody any more, though our engine lives", [managed, free, grown]],
		["starting", "silence of an engine of ours that was never healthy", [managed, silent, young]],
		["blocked", "silence of an engine of ours that was healthy", [managed, silent, grown]],
		["blocked", "silence of somebody else's", [managed, silent, undefined]],
		["blocked", "another runtime", [managed, { kind: "foreign", runtime: "rivetkit" }, undefined]],
		["blocked", "a web server", [managed, { kind: "not-an-engine", status: 404, reason: "" }, young]],
		["blocked", "no way there", [managed, { kind: "unreachable", reason: "" }, undefined]],
	])("%s: %s", (expected, _what, seen) => {
		expect(endpointState(...seen)).toBe(expected);
	});
});
