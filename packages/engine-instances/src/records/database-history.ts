import type { EngineRecord } from "./record.ts";

/** By this name the database in the instance's folder is told from those in PostgreSQL. */
const IN_FOLDER = "";

/** The newest version that has used a database, by a record of whichever engine was the last of the instance. */
export function lastVersionOn(
	{ postgres, lastDatabaseVersion, otherDatabases }: EngineRecord,
	wanted: string | undefined,
): string | null {
	return wanted === postgres ? lastDatabaseVersion : (otherDatabases?.[wanted ?? IN_FOLDER] ?? null);
}

/** What the next record has to remember of the databases that the engine before has used, or knew of. */
export function otherDatabasesOf(
	previous: EngineRecord | undefined,
	next: string | undefined,
): EngineRecord["otherDatabases"] {
	if (previous === undefined) return undefined;
	const { postgres, lastDatabaseVersion, otherDatabases } = previous;
	const all = {
		...otherDatabases,
		...(lastDatabaseVersion === null ? {} : { [postgres ?? IN_FOLDER]: lastDatabaseVersion }),
	};
	const others = Object.entries(all).filter(([name]) => name !== (next ?? IN_FOLDER));
	return others.length === 0 ? undefined : Object.fromEntries(others);
}
