import type { InstanceLayout } from "@rivetkit/engine-core";
import type { ClusterSettings, ConfiguredStorage } from "./read-cluster.ts";

/**
 * The place of an engine's data, without secrets. `name` identifies it: messages show the name, and a running engine is
 * reused only if its database has the same name.
 */
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

/** Returns the name of a PostgreSQL database, made from `host:port/database`. */
export function postgresName(location: string): string {
	return `PostgreSQL at ${location}`;
}
