import { EngineError, isVersionAtLeast } from "@rivetkit/engine-core";

/** Which engines have to do with a database. Undefined is a version that is not known, or that there is none. */
export interface DatabaseVersions {
	/** Of the engine that is to be started. */
	readonly starting: string | undefined;
	/** The newest that has used the database. */
	readonly last: string | undefined;
	/** Of the engine that the project's `rivetkit` brings. */
	readonly rivetkit: string | undefined;
}

/** What a start would do to a database. An engine's database cannot be used by older ones any more. */
export type DatabaseChange =
	| { readonly kind: "none" }
	| { readonly kind: "rollback"; readonly from: string }
	| { readonly kind: "upgrade"; readonly from: string }
	/** As `upgrade`, or the beginning of a new one, in which the project's `rivetkit` would find itself locked out. */
	| { readonly kind: "locks-out"; readonly rivetkit: string };

/** Compares the versions. Where one is not known, nothing is said about it. */
export function databaseChange({ starting, last, rivetkit }: DatabaseVersions): DatabaseChange {
	if (starting === undefined) return { kind: "none" };
	if (last !== undefined && !isVersionAtLeast(starting, last)) return { kind: "rollback", from: last };
	// What a newer engine has used already is lost to an older rivetkit anyway.
	const isUsable = last === undefined || rivetkit === undefined || isVersionAtLeast(rivetkit, last);
	if (rivetkit !== undefined && isUsable && !isVersionAtLeast(rivetkit, starting)) {
		return { kind: "locks-out", rivetkit };
	}
	const isUpgrade = last !== undefined && !isVersionAtLeast(last, starting);
	return isUpgrade ? { kind: "upgrade", from: last } : { kind: "none" };
}

/** How an engine gets a database of its own. */
export const ANOTHER_IN_FOLDER = "a database of its own with `instancePath`";

/** The same in PostgreSQL. */
export const ANOTHER_IN_POSTGRES = "another database of PostgreSQL with `storage`";

/**
 * The error for a start with an older engine than one that has used the database.
 *
 * @param another - What else could be used.
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

/** The error for a start that would take the database from the project's `rivetkit`. */
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
