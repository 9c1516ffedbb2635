import type { NatsServer, PostgresServer } from "@rivetkit/engine-testkit";
import type { EngineOptions } from "../../../engine-config/src/engine-options.ts";

/** A user name and a password for NATS that must be escaped in JSON and in NATS's own format. */
export const NATS_CREDENTIALS = { username: "rivet", password: 'p@ss"\\$:' };

/** Makes the options of engines that share a new database, over a NATS that was started with {@link NATS_CREDENTIALS}. */
export async function sharedDatabase(
	postgres: PostgresServer,
	nats: NatsServer,
	name: string,
): Promise<Pick<EngineOptions, "storage" | "messaging" | "startTimeoutMs">> {
	return {
		storage: { kind: "postgres", url: await postgres.createDatabase(name) },
		messaging: { kind: "nats", addresses: [nats.address], ...NATS_CREDENTIALS },
		startTimeoutMs: 120_000,
	};
}
