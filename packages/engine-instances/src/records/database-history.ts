import type { EngineRecord } from "./record.ts";

/** The name of the database in the instance's folder, beside the names of those in PostgreSQL. */
const IN_FOLDER = "";

/**
 * Finds the newest version that has used a database of an instance, in the record of the instance's last engine. Null if
 * none is known.
 *
 * @param database - Its location in PostgreSQL; undefined for the database in the instance's folder.
 */
export function lastVersionOn(record: EngineRecord, database: string | undefined): string | null {
	return versionsIn(record).get(database ?? IN_FOLDER) ?? null;
}

/**
 * Lists what the next record has to remember of the databases that the engine before has used, or knew of.
 *
 * @param next - The location of the next engine's database; undefined for the one in the instance's folder.
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
