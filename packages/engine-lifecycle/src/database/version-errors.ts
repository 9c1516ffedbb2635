import { EngineError } from "@rivetkit/engine-core";

/** Advice to use another database, for an engine that keeps its data in a folder. */
export const ANOTHER_IN_FOLDER = "a database of its own with `instancePath`";

/** Advice to use another database, for an engine that keeps its data in PostgreSQL. */
export const ANOTHER_IN_POSTGRES = "another PostgreSQL database with `storage`";

/**
 * Makes the error for a start with an engine that is older than the last engine on the database, or whose version cannot be
 * compared with that engine's version.
 *
 * @param another - Advice on another database, for the hint.
 */
export function versionRollbackError(
	databasePath: string,
	version: string | undefined,
	{ from, isCertain }: { readonly from: string; readonly isCertain: boolean },
	another: string = ANOTHER_IN_FOLDER,
): EngineError<"version_rollback"> {
	const message = isCertain
		? `Engine ${version} is older than ${from}, which has used the database '${databasePath}'.`
		: `Engine ${version} cannot be compared with ${from}, which has used the database '${databasePath}'.`;
	const which = isCertain ? `${from} or newer` : from;
	return new EngineError("version_rollback", message, {
		metadata: {
			databasePath,
			version,
			lastDatabaseVersion: from,
			hint: `Use engine ${which}, or ${another}.`,
		},
	});
}

/** Makes the error for a start after which the project's `rivetkit` could no longer use the database. */
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
