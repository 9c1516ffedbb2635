import { existsSync } from "node:fs";
import path from "node:path";
import { EngineError, isVersionAtLeast, readStamp } from "@rivetkit/engine-core";
import type { ResolvedBinary } from "@rivetkit/engine-resolver";
import type { EngineConfiguration } from "./configuration.ts";
import { guardPort } from "./guard-binding.ts";
import { judgeOwner } from "./locate-engine.ts";

/**
 * Checks by the instance's record that this binary can have its database: no engine of ours runs on it at
 * another port, and none that was newer has used it. An older engine may start on a newer database, say
 * that it is healthy, and hang.
 *
 * @returns The newest version that has used the database; null if none is known, or if it is empty.
 * @throws EngineError `database_locked`, `version_rollback`.
 */
export async function requireUsableDatabase(
	configuration: EngineConfiguration,
	binary: ResolvedBinary,
): Promise<string | null> {
	const { databasePath } = configuration.layout;
	const { owner: recorded } = await readStamp(configuration.layout);
	const living = await judgeOwner(recorded);
	if (living !== undefined && living.ports.guard !== guardPort(configuration)) {
		const { pid } = living.identity;
		throw new EngineError(
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
	// RocksDB has this file from its first start on. Whoever removed the database may begin with any version.
	const isEmpty = !existsSync(path.join(databasePath, "CURRENT"));
	const last = recorded.kind === "present" && !isEmpty ? recorded.stamp.lastDatabaseVersion : null;
	if (last === null || binary.version === undefined || isVersionAtLeast(binary.version, last)) return last;
	throw new EngineError(
		"version_rollback",
		`Engine ${binary.version} is older than ${last}, which has used the database '${databasePath}'.`,
		{
			metadata: {
				databasePath,
				version: binary.version,
				lastDatabaseVersion: last,
				hint: `Use engine ${last} or newer, or a database of its own with \`instancePath\` (\`--instance\`).`,
			},
		},
	);
}
