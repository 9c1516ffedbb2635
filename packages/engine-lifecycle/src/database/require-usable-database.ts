import { existsSync } from "node:fs";
import path from "node:path";
import { type EngineConfiguration, postgresName } from "@rivetkit/engine-config";
import { EngineError, engineOfRivetkit } from "@rivetkit/engine-core";
import {
	answersAt,
	type EngineRecord,
	lastVersionOn,
	livingRecord,
	readRecords,
} from "@rivetkit/engine-instances";
import type { ResolvedBinary } from "@rivetkit/engine-resolver";
import type { EngineContext } from "../context.ts";
import type { DatabaseChange } from "./database-change.ts";
import {
	ANOTHER_IN_FOLDER,
	ANOTHER_IN_POSTGRES,
	versionRollbackError,
	versionUpgradeError,
} from "./version-errors.ts";

/**
 * Checks, from the instance's record, that no engine of ours uses the database at another address.
 *
 * @throws EngineError `database_locked`
 */
export async function requireFreeDatabase(configuration: EngineConfiguration): Promise<void> {
	const living = await livingRecord(configuration.target.layout);
	if (living === undefined || answersAt(living, configuration)) return;
	throw databaseLockedError(
		living.postgres === undefined ? configuration.target.layout.databasePath : postgresName(living.postgres),
		living,
	);
}

/**
 * Checks, from the instance's record, that this binary may use the database: no newer engine has used it, and the
 * project's `rivetkit` can go on using it. An older engine may start on a newer database, answer that it is healthy,
 * and hang.
 *
 * @param running - The version of an engine that uses the database now, whether it is recorded or not.
 * @returns The newest version that has used the database; null if none is known, or if it is empty.
 * @throws EngineError `version_rollback`, `version_upgrade`.
 */
export async function requireUsableDatabase(
	{ configuration, logger }: EngineContext,
	binary: ResolvedBinary,
	running?: string,
): Promise<string | null> {
	const databaseName = configuration.database.name;
	const { last, change } = await foreseeDatabaseChange(configuration, binary.version, running);
	switch (change.kind) {
		case "none":
			break;
		case "rollback":
			throw versionRollbackError(
				databaseName,
				binary.version,
				change,
				configuration.database.kind === "postgres" ? ANOTHER_IN_POSTGRES : undefined,
			);
		case "locks-out":
			if (!configuration.allowUpgrade.value)
				throw versionUpgradeError(databaseName, binary.version, change.rivetkit);
			logger.warn(
				{ db_path: databaseName, version: binary.version, rivetkit: change.rivetkit },
				"this engine is newer than the installed rivetkit's, which cannot use the database afterwards",
			);
			break;
		case "upgrade":
			logger.warn(
				{ db_path: databaseName, from: change.from, to: binary.version },
				"this engine upgrades its database; older engines cannot use it afterwards",
			);
	}
	return last;
}

/**
 * Finds out what a start of this version would do to the instance's database. `last` is the newest version that has
 * used the database; null if no version is known, or if there is no database.
 *
 * @param running - The version of an engine that uses the database now, whether it is recorded or not.
 */
export async function foreseeDatabaseChange(
	configuration: EngineConfiguration,
	starting: string | undefined,
	running?: string,
): Promise<{ readonly last: string | null; readonly change: DatabaseChange }> {
	// Another entry of this package, loaded here with the comparison of versions, which a reuse does without.
	const [{ databaseChange }, { newestVersion }] = await Promise.all([
		import("@rivetkit/engine-lifecycle/decisions"),
		import("@rivetkit/engine-core/version"),
	]);
	const { target, database, workingDirectory } = configuration;
	const { recorded } = await readRecords(target.layout);
	const postgres = database.kind === "postgres" ? database.location : undefined;
	// RocksDB creates this file at its first start. If the database was removed, any version may create a new database.
	const isEmpty = database.kind === "folder" && !existsSync(path.join(database.path, "CURRENT"));
	const before = recorded.kind === "present" && !isEmpty ? lastVersionOn(recorded.record, postgres) : null;
	const last = newestVersion(running ?? null, before);
	// The engine that rivetkit starts does not use PostgreSQL.
	const rivetkit = postgres === undefined ? engineOfRivetkit(workingDirectory)?.packageVersion : undefined;
	return { last, change: databaseChange({ starting, last: last ?? undefined, rivetkit }) };
}

function databaseLockedError(databasePath: string, living: EngineRecord): EngineError<"database_locked"> {
	const { pid } = living.identity;
	return new EngineError(
		"database_locked",
		`The database '${databasePath}' is in use by the engine at '${living.endpoint}' (pid ${pid}).`,
		{
			metadata: {
				databasePath,
				pid,
				endpoint: living.endpoint,
				hint:
					living.postgres === undefined
						? `Use that engine, stop it, or give this one ${ANOTHER_IN_FOLDER}.`
						: "Use that engine, stop it, or name another instance with `instancePath`; engines that share one PostgreSQL database need NATS (`messaging`).",
			},
		},
	);
}
