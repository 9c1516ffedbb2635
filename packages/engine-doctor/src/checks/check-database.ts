import { stat } from "node:fs/promises";
import path from "node:path";
import { isEngineError } from "@rivetkit/engine-core";
import type { PortHolder } from "@rivetkit/engine-inspect";
import { executesEngine } from "@rivetkit/engine-inspect";
import {
	type DatabaseChange,
	foreseeDatabaseChange,
	requireFreeDatabase,
	versionRollbackError,
	versionUpgradeError,
} from "@rivetkit/engine-lifecycle";
import { type AreaFinding, asFinding, notice, ok } from "../finding.ts";
import { type Observations, spawnLevel } from "../observations.ts";
import { stopCommand } from "../stop-command.ts";
import { checkServers } from "./check-servers.ts";

/** Which engines have to do with the database: which has used it last, and which has it open. */
export async function checkDatabase(situation: Observations): Promise<readonly AreaFinding[]> {
	const { configuration, standing, sources } = situation;
	if (standing === "remote") return [ok("None is needed here.")];
	const { outcome } = sources;
	const starting = outcome.kind === "binary" ? outcome.binary.version : undefined;
	const { last, change } = await foreseeDatabaseChange(configuration, starting);
	const state = isOnPostgres(situation)
		? await checkServers(situation)
		: [await describeState(configuration.target.layout.databasePath, last)];
	return [...state, ...(await judgeHolder(situation)), ...judgeChange(situation, change, starting)];
}

function isOnPostgres({ configuration }: Observations): boolean {
	return configuration.database.kind === "postgres";
}

async function describeState(databasePath: string, last: string | null): Promise<AreaFinding> {
	try {
		await stat(path.join(databasePath, "CURRENT"));
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException;
		if (code === "ENOENT" || code === "ENOTDIR") return ok(`'${databasePath}' is empty or not there yet.`);
		return notice(
			`Whether there is a database in '${databasePath}' cannot be told: ${message}.`,
			`Make '${databasePath}' a folder that this user can read.`,
		);
	}
	const by =
		last === null ? "which engine has used it last is not recorded" : `engine ${last} has used it last`;
	return ok(`'${databasePath}' is there; ${by}.`);
}

async function judgeHolder(situation: Observations): Promise<readonly AreaFinding[]> {
	const { configuration } = situation;
	const own = anotherDatabase(situation);
	try {
		await requireFreeDatabase(configuration);
	} catch (error) {
		// The record may be newer than what was gathered of it.
		if (!isEngineError(error, "database_locked")) throw error;
		const endpoint = String(error.metadata["endpoint"]);
		const cure = `Use the engine at '${endpoint}', stop it with \`${stopCommand(configuration, endpoint)}\`, or ${own}.`;
		return [asFinding(spawnLevel(situation), error, cure)];
	}
	// In PostgreSQL it is a lease that keeps others out, and no process of this machine need have it.
	return isOnPostgres(situation) ? [] : [await judgeLockHolder(situation, own)];
}

function anotherDatabase(situation: Observations): string {
	// The instance alone would not do: by default both of its engines are on the same PostgreSQL.
	if (isOnPostgres(situation)) {
		return "name another instance with `instancePath` (`--instance`), and another database, or NATS with `messaging` (`--nats`), by which engines share one";
	}
	return situation.configuration.instancePath.value === undefined
		? "give this one a database of its own with `instancePath` (`--instance`)"
		: "name another instance with `instancePath` (`--instance`)";
}

async function judgeLockHolder(situation: Observations, own: string): Promise<AreaFinding> {
	const { configuration, holder, living, standing } = situation;
	const { databasePath } = configuration.target.layout;
	const { lockHolder } = await import("@rivetkit/engine-inspect");
	const user = await lockHolder(databasePath);
	if (user === undefined) return ok("No engine has it open.");
	const who = `'${user.name}' (pid ${user.pid})`;
	const isTheOneThere = user.pid === holder?.pid || (standing === "starting" && living !== undefined);
	if (isTheOneThere) return ok(`The engine at the endpoint, ${who}, has it open.`);
	const ports = await otherPorts(situation, user);
	if (ports.length === 0 && executesEngine(user)) {
		return ok(`An engine that has just been started, ${who}, has it open; a start waits for it.`);
	}
	const where = ports.length === 0 ? "" : `, which listens on port ${ports.join(", ")},`;
	return {
		level: spawnLevel(situation),
		message: `${who}${where} has the database '${databasePath}' open.`,
		cure: `Stop process ${user.pid}, use its engine with \`endpoint\` (\`--endpoint\`), or ${own}.`,
	};
}

/** The ports on which a process listens and a start of ours would not. */
async function otherPorts({ binding }: Observations, { pid }: PortHolder): Promise<readonly number[]> {
	const { listeningPorts } = await import("@rivetkit/engine-inspect");
	const wanted = isEngineError(binding) ? [] : Object.values(binding).map(({ port }) => port);
	return [...new Set(await listeningPorts(pid))]
		.filter((port) => !wanted.includes(port))
		.sort((left, right) => left - right);
}

function judgeChange(
	situation: Observations,
	change: DatabaseChange,
	starting: string | undefined,
): readonly AreaFinding[] {
	const { allowUpgrade } = situation.configuration;
	const database = situation.configuration.database.name;
	const level = spawnLevel(situation);
	switch (change.kind) {
		case "none":
			return [];
		case "rollback": {
			// Another instance would be without the record of what has used PostgreSQL, which is newer all the same.
			const cure = `Use engine ${change.from} or newer, or another database of PostgreSQL.`;
			const error = versionRollbackError(database, starting, change.from);
			return [asFinding(level, error, isOnPostgres(situation) ? cure : undefined)];
		}
		case "locks-out":
			return [
				asFinding(
					allowUpgrade.value ? "notice" : level,
					versionUpgradeError(database, starting, change.rivetkit),
				),
			];
		case "upgrade": {
			const copy = isOnPostgres(situation) ? "Dump" : "Copy";
			return [
				notice(
					`Engine ${starting} would upgrade the database from ${change.from}; older engines cannot use it afterwards.`,
					`${copy} '${database}' first, while no engine runs, if the way back shall stay open.`,
				),
			];
		}
	}
}
