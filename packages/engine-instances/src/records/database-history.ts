import type { EngineRecord } from "./record.ts";

/** The name of the database in the instance's folder. Databases in PostgreSQL have their location as the name. */
const IN_FOLDER = "";

/**
 * Finds in the last record of an instance the newest version that has used one of its databases. Null if no version is
 * known.
 *
 * @param database - The database's location in PostgreSQL; undefined for the database in the instance's folder.
 */
export function lastVersionOn(record: EngineRecord, database: string | undefined): string | null {
	return versionsIn(record).get(database ?? IN_FOLDER) ?? null;
}

/**
 * Returns the field `otherDatabases` of the next record: the databases in the previous record except the next database.
 *
 * @param next - The location of the next engine's database; undefined for the database in the instance's folder.
 */
export function otherDatabasesOf(
	previous: EngineRecord | undefined,
	next: string | undefined,
): EngineRecord["otherDatabases"] {
	if (previous === undefined) return undefined;
	const versions = versionsIn(previous);
	versions.delete(next ?? IN_FOLDER);
	return versions.size === 0 ? undefined : Object.fromEntries(versions);
}

/** The newest version that has used each database, by the database's name. */
function versionsIn({ postgres, lastDatabaseVersion, otherDatabases }: EngineRecord): Map<string, string> {
	const versions = new Map(Object.entries(otherDatabases ?? {}));
	if (lastDatabaseVersion !== null) versions.set(postgres ?? IN_FOLDER, lastDatabaseVersion);
	return versions;
}
