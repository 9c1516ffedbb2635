import { isVersionAtLeast } from "@rivetkit/engine-core/version";

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

/**
 * Compares the versions. An undefined version is not compared. A text that is no version counts as newer than every
 * other: the database is left alone.
 */
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
