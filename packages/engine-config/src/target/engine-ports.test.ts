import { parseEndpoint } from "@rivetkit/engine-core";
import { describe, expect, it } from "vitest";
import { type BindingOptions, enginePorts } from "./engine-ports.ts";

const NOTHING: BindingOptions = {
	bindHost: undefined,
	bindPort: undefined,
	peerHost: undefined,
	metricsHost: undefined,
};

function bind(endpoint: string, options: Partial<BindingOptions> = {}) {
	const { guard, apiPeer, metrics } = enginePorts(parseEndpoint(endpoint), { ...NOTHING, ...options });
	return [guard, apiPeer, metrics].map(({ host, port }) => `${host} ${port}`);
}

describe("B4 B9 B26 the addresses that an engine binds", () => {
	it.each<[string, Partial<BindingOptions>, readonly string[]]>([
		["http://127.0.0.1:6420", {}, ["127.0.0.1 6420", "127.0.0.1 6421", "127.0.0.1 6430"]],
		["http://localhost:6420", {}, ["127.0.0.1 6420", "127.0.0.1 6421", "127.0.0.1 6430"]],
		["http://a.localhost:6420", {}, ["127.0.0.1 6420", "127.0.0.1 6421", "127.0.0.1 6430"]],
		["http://127.0.0.2:6420", {}, ["127.0.0.2 6420", "127.0.0.2 6421", "127.0.0.2 6430"]],
		["http://[::1]:6420", {}, ["::1 6420", "::1 6421", "::1 6430"]],
		["http://0.0.0.0:6420", {}, ["0.0.0.0 6420", "127.0.0.1 6421", "127.0.0.1 6430"]],
		["http://[::]:6420", {}, [":: 6420", "::1 6421", "::1 6430"]],
		["http://192.168.1.5:6420", {}, ["192.168.1.5 6420", "127.0.0.1 6421", "127.0.0.1 6430"]],
		["http://localhost", {}, ["127.0.0.1 80", "127.0.0.1 81", "127.0.0.1 90"]],
		[
			"http://localhost:8000",
			{ bindHost: "0.0.0.0", bindPort: 7000 },
			["0.0.0.0 7000", "127.0.0.1 7001", "127.0.0.1 7010"],
		],
		["https://engine.example", { bindHost: "[::1]", bindPort: 7000 }, ["::1 7000", "::1 7001", "::1 7010"]],
		[
			"http://127.0.0.1:1",
			{ peerHost: "0.0.0.0", metricsHost: "::1" },
			["127.0.0.1 1", "0.0.0.0 2", "::1 11"],
		],
		["http://127.0.0.1:65525", {}, ["127.0.0.1 65525", "127.0.0.1 65526", "127.0.0.1 65535"]],
	])("%s with %j is %j", (endpoint, options, expected) => {
		expect(bind(endpoint, options)).toEqual(expected);
	});

	it.each<[string, Partial<BindingOptions>, string]>([
		["http://127.0.0.1:65526", {}, "port is too large"],
		["http://127.0.0.1:65535", {}, "port is too large"],
		["https://127.0.0.1:6420", {}, "speaks http, not https"],
		["http://engine.example:6420", {}, "cannot bind the name 'engine.example'"],
		[
			"http://127.0.0.1:6420",
			{ bindHost: "192.0.2.1" },
			"an engine that binds 192.0.2.1 does not answer there",
		],
		["http://127.0.0.1:6420", { peerHost: "peer.example" }, "cannot bind the name 'peer.example'"],
	])("B8 %s with %j is refused: %s", (endpoint, options, reason) => {
		expect(() => bind(endpoint, options)).toThrow(reason);
	});
});
