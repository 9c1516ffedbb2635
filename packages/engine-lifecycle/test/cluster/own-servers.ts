import { type NatsServer, type PostgresServer, startNats, startPostgres } from "@rivetkit/engine-testkit";
import { afterAll, beforeAll } from "vitest";
import { NATS_CREDENTIALS } from "./clustered-engines.ts";

/** The servers of a group of tests, which are there when the tests run. */
export interface OwnServers {
	readonly postgres: PostgresServer;
	readonly nats: NatsServer;
}

/** Gives the tests of the `describe` around it a PostgreSQL and a NATS of their own. */
export function ownServers(): OwnServers {
	const servers: { postgres?: PostgresServer; nats?: NatsServer } = {};
	beforeAll(async () => {
		const [postgres, nats] = await Promise.all([startPostgres(), startNats(NATS_CREDENTIALS)]);
		Object.assign(servers, { postgres, nats });
	}, 60_000);
	afterAll(async () => {
		await Promise.all(Object.values(servers).map((server) => server[Symbol.asyncDispose]()));
	}, 60_000);
	return servers as OwnServers;
}
