import { isVersionAtLeast } from "@rivetkit/engine-core/version";

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
	/** `isCertain` is false if the two versions cannot be compared. The database is then left alone, too. */
	| { readonly kind: "rollback"; readonly from: string; readonly isCertain: boolean }
	| { readonly kind: "upgrade"; readonly from: string }
	/** The start would upgrade or create the database, and the project's `rivetkit` could not use it afterwards. */
	| { readonly kind: "locks-out"; readonly rivetkit: string };

/**
 * Compares the versions. An undefined version is not compared, and a version is no rollback of itself, even if it is no
 * semantic version.
 */
export function databaseChange({ starting, last, rivetkit }: DatabaseVersions): DatabaseChange {
	if (starting === undefined) return { kind: "none" };
	if (last !== undefined && starting !== last && !isVersionAtLeast(starting, last)) {
		return { kind: "rollback", from: last, isCertain: isVersionAtLeast(last, starting) };
	}
	// A database that a newer engine has used is lost to an older rivetkit already.
	const isUsable = last === undefined || rivetkit === undefined || isVersionAtLeast(rivetkit, last);
	if (rivetkit !== undefined && isUsable && !isVersionAtLeast(rivetkit, starting)) {
		return { kind: "locks-out", rivetkit };
	}
	const isUpgrade = last !== undefined && starting !== last && !isVersionAtLeast(last, starting);
	return isUpgrade ? { kind: "upgrade", from: last } : { kind: "none" };
}
