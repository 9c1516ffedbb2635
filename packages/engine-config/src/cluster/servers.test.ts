import { describe, expect, test } from "vitest";
import { readEngineConfiguration } from "../configuration.ts";
import type { EngineMessaging } from "./cluster-options.ts";
import { type EngineServer, engineServers } from "./servers.ts";

function serversOf(url: string, messaging: EngineMessaging = { kind: "memory" }): readonly EngineServer[] {
	const options = { storage: { kind: "postgres", url }, messaging } as const;
	return engineServers(readEngineConfiguration(options, { HOME: "/home/user" }));
}

describe("B42 the servers of an engine", () => {
	test("are an empty list if the database is in a folder", () => {
		expect(engineServers(readEngineConfiguration({}, { HOME: "/home/user" }))).toEqual([]);
	});

	test("are PostgreSQL, with an address for each host, and NATS, with an address for each server", () => {
		const nats = { kind: "nats", addresses: ["nats.internal:4222", "[::1]:4223"] } as const;
		expect(serversOf("postgresql://user:secret@one:5433,[::2]/data", nats)).toEqual([
			{
				kind: "postgres",
				name: "PostgreSQL at one:5433,[::2]:5432/data",
				addresses: [
					{ host: "one", port: 5433 },
					{ host: "::2", port: 5432 },
				],
			},
			{
				kind: "nats",
				name: "NATS at nats.internal:4222, [::1]:4223",
				addresses: [
					{ host: "nats.internal", port: 4222 },
					{ host: "::1", port: 4223 },
				],
			},
		]);
	});

	test.each([
		["sslmode=disable", [{ path: "/run/postgresql/.s.PGSQL.5432" }]],
		["sslmode=prefer", []],
		["", []],
	])("have the address of a socket only if the URL turns TLS off (%j)", (parameters, addresses) => {
		const [server] = serversOf(`postgresql://user@%2Frun%2Fpostgresql/data?${parameters}`);
		expect(server?.addresses).toEqual(addresses);
	});
});
