import type { EngineConfiguration } from "../configuration.ts";

/** What is compared and told of where an engine keeps its data: a folder, or where PostgreSQL is. No secrets. */
export function describeStorage({
	storage,
	layout,
}: Pick<EngineConfiguration, "storage" | "layout">): string {
	return storage.value.kind === "postgres" ? postgresAt(storage.value.location) : layout.databasePath;
}

/** How a PostgreSQL database is told of. */
export function postgresAt(location: string): string {
	return `PostgreSQL at ${location}`;
}
