import type { EngineConfiguration } from "../configuration.ts";

/** What is compared and told of where an engine keeps its data: a folder, or where PostgreSQL is. No secrets. */
export function describeStorage(configuration: Pick<EngineConfiguration, "storage" | "layout">): string {
	return postgresName(configuration) ?? configuration.layout.databasePath;
}

/** Where the database is in PostgreSQL, as `host:port/database`; undefined for one in a folder. */
export function postgresLocation({ storage }: Pick<EngineConfiguration, "storage">): string | undefined {
	return storage.value.kind === "postgres" ? storage.value.location : undefined;
}

/** What PostgreSQL is called, if it is used. */
export function postgresName(configuration: Pick<EngineConfiguration, "storage">): string | undefined {
	const location = postgresLocation(configuration);
	return location === undefined ? undefined : postgresAt(location);
}

/** What NATS is called, if it is used. */
export function natsName({ messaging }: Pick<EngineConfiguration, "messaging">): string | undefined {
	return messaging.value.kind === "nats" ? natsAt(messaging.value.addresses) : undefined;
}

/** How NATS is told of. */
export function natsAt(addresses: readonly string[]): string {
	return `NATS at ${addresses.join(", ")}`;
}

/** How a PostgreSQL database is told of. */
export function postgresAt(location: string): string {
	return `PostgreSQL at ${location}`;
}
