import { EngineError } from "@rivetkit/engine-core";

/** Advice on a database of its own for an engine that keeps its data in a folder. */
export const ANOTHER_IN_FOLDER = "a database of its own with `instancePath`";

/** Advice on a database of its own for an engine that keeps its data in PostgreSQL. */
export const ANOTHER_IN_POSTGRES = "another database of PostgreSQL with `storage`";

/**
 * Makes the error for a start with an older engine than one that has used the database.
 *
 * @param another - Advice on another database, for the hint.
 */
export function versionRollbackError(
	databasePath: string,
	version: string | undefined,
	last: string,
	another: string = ANOTHER_IN_FOLDER,
): EngineError<"version_rollback"> {
	return new EngineError(
		"version_rollback",
		`Engine ${version} is older than ${last}, which has used the database '${databasePath}'.`,
		{
			metadata: {
				databasePath,
				version,
				lastDatabaseVersion: last,
				hint: `Use engine ${last} or newer, or ${another}.`,
			},
		},
	);
}

/** Makes the error for a start that would take the database from the project's `rivetkit`. */
export function versionUpgradeError(
	databasePath: string,
	version: string | undefined,
	rivetkit: string,
): EngineError<"version_upgrade"> {
	return new EngineError(
		"version_upgrade",
		`Engine ${version} is newer than ${rivetkit}, which the installed rivetkit brings; rivetkit could not use the database '${databasePath}' afterwards.`,
		{
			metadata: {
				databasePath,
				version,
				rivetkitVersion: rivetkit,
				hint: `Use engine ${rivetkit} (\`version\`), upgrade rivetkit, take ${ANOTHER_IN_FOLDER}, or allow it with \`allowUpgrade\`.`,
			},
		},
	);
}
