import { EngineError, isVersionAtLeast } from "@rivetkit/engine-core";

/** The versions of the engines that concern a database. Undefined if a version is not known, or if there is no such engine. */
export interface DatabaseVersions {
	/** The version of the engine that is to be started. */
	readonly starting: string | undefined;
	/** The newest version that has used the database. */
	readonly last: string | undefined;
	/** The version of the engine that the project's `rivetkit` brings. */
	readonly rivetkit: string | undefined;
}

/** The effect of a start on a database. After an engine has used a database, older engines cannot use it. */
export type DatabaseChange =
	| { readonly kind: "none" }
	| { readonly kind: "rollback"; readonly from: string }
	| { readonly kind: "upgrade"; readonly from: string }
	/** A database that would be upgraded or made, and that the project's `rivetkit` could not use after that. */
	| { readonly kind: "locks-out"; readonly rivetkit: string };

/** Compares the versions. A version that is not known makes no difference. Pure. */
export function databaseChange({ starting, last, rivetkit }: DatabaseVersions): DatabaseChange {
	if (starting === undefined) return { kind: "none" };
	if (last !== undefined && !isVersionAtLeast(starting, last)) return { kind: "rollback", from: last };
	// A database that a newer engine has used is lost to an older rivetkit already.
	const isUsable = last === undefined || rivetkit === undefined || isVersionAtLeast(rivetkit, last);
	if (rivetkit !== undefined && isUsable && !isVersionAtLeast(rivetkit, starting)) {
		return { kind: "locks-out", rivetkit };
	}
	const isUpgrade = last !== undefined && !isVersionAtLeast(last, starting);
	return isUpgrade ? { kind: "upgrade", from: last } : { kind: "none" };
}

/** The words of a hint for an engine that needs a database of its own. */
export const ANOTHER_IN_FOLDER = "a database of its own with `instancePath`";

/** The words of a hint for an engine that needs another database of PostgreSQL. */
export const ANOTHER_IN_POSTGRES = "another database of PostgreSQL with `storage`";

/**
 * Makes the error for a start with an older engine than one that has used the database.
 *
 * @param another - The database that could be used instead, in words of a hint.
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
