import type { InstanceLayout } from "@rivetkit/engine-core";
import type { ClusterSettings, ConfiguredStorage } from "./read-cluster.ts";

/** The place of an engine's data, with a name for messages. Contains no secret. */
export type EngineDatabase =
	| { readonly kind: "folder"; readonly name: string; readonly path: string }
	| ({ readonly name: string } & Extract<ConfiguredStorage, { readonly kind: "postgres" }>);

/** Derives the place of an engine's data. */
export function databaseOf(
	{ storage }: Pick<ClusterSettings, "storage">,
	layout: InstanceLayout,
): EngineDatabase {
	return storage.value.kind === "postgres"
		? { ...storage.value, name: postgresName(storage.value.location) }
		: { kind: "folder", name: layout.databasePath, path: layout.databasePath };
}

/** Names a database of PostgreSQL for messages, by its `host:port/database`. */
export function postgresName(location: string): string {
	return `PostgreSQL at ${location}`;
}
