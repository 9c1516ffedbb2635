import { existsSync } from "node:fs";
import path from "node:path";
import { EngineError, engineOfRivetkit, type OwnerStamp, readStamp } from "@rivetkit/engine-core";
import type { ResolvedBinary } from "@rivetkit/engine-resolver";
import type { EngineContext } from "./context.ts";
import { databaseChange, versionRollback, versionUpgrade } from "./database-version.ts";
import { guardPort } from "./guard-binding.ts";
import { judgeOwner } from "./locate-engine.ts";

/**
 * Checks by the instance's record that this binary can have its database: no engine of ours runs on it at
 * another port, none that was newer has used it, and the project's `rivetkit` can go on using it. An older
 * engine may start on a newer database, say that it is healthy, and hang.
 *
 * @returns The newest version that has used the database; null if none is known, or if it is empty.
 * @throws EngineError `database_locked`, `version_rollback`, `version_upgrade`.
 */
export async function requireUsableDatabase(
	{ configuration, logger }: EngineContext,
	binary: ResolvedBinary,
): Promise<string | null> {
	const { databasePath } = configuration.layout;
	const { owner: recorded } = await readStamp(configuration.layout);
	const living = await judgeOwner(recorded);
	if (living !== undefined && living.ports.guard !== guardPort(configuration)) {
		throw databaseLocked(databasePath, living);
	}
	// RocksDB has this file from its first start on. Whoever removed the database may begin with any version.
	const isEmpty = !existsSync(path.join(databasePath, "CURRENT"));
	const last = recorded.kind === "present" && !isEmpty ? recorded.stamp.lastDatabaseVersion : null;
	const rivetkit = engineOfRivetkit(configuration.workingDirectory)?.packageVersion;
	const change = databaseChange({ starting: binary.version, last: last ?? undefined, rivetkit });
	switch (change.kind) {
		case "none":
			break;
		case "rollback":
			throw versionRollback(databasePath, binary.version, change.from);
		case "locks-out":
			if (!configuration.allowUpgrade.value)
				throw versionUpgrade(databasePath, binary.version, change.rivetkit);
			logger.warn(
				{ db_path: databasePath, version: binary.version, rivetkit: change.rivetkit },
				"this engine is newer than the installed rivetkit's, which cannot use the database afterwards",
			);
			break;
		case "upgrade":
			logger.warn(
				{ db_path: databasePath, from: change.from, to: binary.version },
				"this engine upgrades its database; older engines cannot use it afterwards",
			);
	}
	return last;
}

function databaseLocked(databasePath: string, living: OwnerStamp): EngineError<"database_locked"> {
	const { pid } = living.identity;
	return new EngineError(
		"database_locked",
		`The database '${databasePath}' is in use by the engine at '${living.endpoint}' (pid ${pid}).`,
		{
			metadata: {
				databasePath,
				pid,
				endpoint: living.endpoint,
				hint: `Use that engine, stop it, or give this one a database of its own with \`instancePath\` (\`--instance\`).`,
			},
		},
	);
}
