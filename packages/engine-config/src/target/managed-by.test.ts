import { parseEndpoint } from "@rivetkit/engine-core";
import { describe, expect, it } from "vitest";
import { managedBy } from "./managed-by.ts";

describe("B6 an endpoint is managed or remote, for `spawn` auto, always and never", () => {
	const spawning = { kind: "managed", maySpawn: true };
	const reusing = { kind: "managed", maySpawn: false };
	const remote = { kind: "remote" };
	it.each([
		["http://127.0.0.1:6420", spawning, spawning, reusing],
		["http://127.9.9.9:6420", spawning, spawning, reusing],
		["http://localhost:6420", spawning, spawning, reusing],
		["http://a.localhost:6420", spawning, spawning, reusing],
		["http://[::1]:6420", spawning, spawning, reusing],
		["http://0.0.0.0:6420", spawning, spawning, reusing],
		["http://[::]:6420", spawning, spawning, reusing],
		["http://192.168.1.5:6420", remote, spawning, remote],
		["https://engine.example", remote, spawning, remote],
		["http://localhost.example:6420", remote, spawning, remote],
	])("%s", (endpoint, auto, always, never) => {
		const modes = ["auto", "always", "never"] as const;
		expect(modes.map((mode) => managedBy(mode, parseEndpoint(endpoint)))).toEqual([auto, always, never]);
	});
});

describe("B6 an address that `bindHost` names", () => {
	it("is managed here, though it is not a loopback address", () => {
		const endpoint = parseEndpoint("http://192.168.1.5:6420");
		expect(managedBy("auto", endpoint, "192.168.1.5")).toEqual({ kind: "managed", maySpawn: true });
		expect(managedBy("never", endpoint, "192.168.1.5")).toEqual({ kind: "managed", maySpawn: false });
		expect(managedBy("auto", endpoint, "127.0.0.1")).toEqual({ kind: "remote" });
	});
});
