import { stat } from "node:fs/promises";
import path from "node:path";
import { isEngineError } from "@rivetkit/engine-core";
import type { PortHolder } from "@rivetkit/engine-spawn";
import { type DatabaseChange, versionRollback, versionUpgrade } from "../database-version.ts";
import { executesEngine } from "../engine-process.ts";
import { loadSpawn } from "../lazy-packages.ts";
import { foreseeDatabaseChange, requireFreeDatabase } from "../require-usable-database.ts";
import { checkServers } from "./check-servers.ts";
import { type AreaFinding, asFinding, notice, ok } from "./finding.ts";
import { type Situation, spawnLevel } from "./situation.ts";
import { stopCommand } from "./stop-command.ts";

/** Which engines have to do with the database: which has used it last, and which has it open. */
export async function checkDatabase(situation: Situation): Promise<readonly AreaFinding[]> {
	const { configuration, standing, sources } = situation;
	if (standing === "remote") return [ok("None is needed here.")];
	if (configuration.storage.value.kind === "postgres") return await checkServers(situation);
	const { outcome } = sources;
	const starting = outcome.kind === "binary" ? outcome.binary.version : undefined;
	const { last, change } = await foreseeDatabaseChange(configuration, starting);
	return [
		await describeState(configuration.layout.databasePath, last),
		...(await judgeHolder(situation)),
		...judgeChange(situation, change, starting),
	];
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

async function judgeHolder(situation: Situation): Promise<readonly AreaFinding[]> {
	const { configuration, holder, living, standing } = situation;
	const { databasePath } = configuration.layout;
	const own =
		configuration.instancePath.value === undefined
			? "give this one a database of its own with `instancePath` (`--instance`)"
			: "name another instance with `instancePath` (`--instance`)";
	try {
		await requireFreeDatabase(configuration);
	} catch (error) {
		// The record may be newer than what was gathered of it.
		if (!isEngineError(error, "database_locked")) throw error;
		const endpoint = String(error.metadata["endpoint"]);
		const cure = `Use the engine at '${endpoint}', stop it with \`${stopCommand(configuration, endpoint)}\`, or ${own}.`;
		return [asFinding(spawnLevel(situation), error, cure)];
	}
	const { lockHolder } = await loadSpawn();
	const user = await lockHolder(databasePath);
	if (user === undefined) return [ok("No engine has it open.")];
	const who = `'${user.name}' (pid ${user.pid})`;
	const isTheOneThere = user.pid === holder?.pid || (standing === "starting" && living !== undefined);
	if (isTheOneThere) return [ok(`The engine at the endpoint, ${who}, has it open.`)];
	const ports = await otherPorts(situation, user);
	if (ports.length === 0 && executesEngine(user)) {
		return [ok(`An engine that has just been started, ${who}, has it open; a start waits for it.`)];
	}
	const where = ports.length === 0 ? "" : `, which listens on port ${ports.join(", ")},`;
	return [
		{
			level: spawnLevel(situation),
			message: `${who}${where} has the database '${databasePath}' open.`,
			cure: `Stop process ${user.pid}, use its engine with \`endpoint\` (\`--endpoint\`), or ${own}.`,
		},
	];
}

/** The ports on which a process listens and a start of ours would not. */
async function otherPorts({ binding }: Situation, { pid }: PortHolder): Promise<readonly number[]> {
	const { listeningPorts } = await loadSpawn();
	const wanted = isEngineError(binding) ? [] : Object.values(binding).map(({ port }) => port);
	return [...new Set(await listeningPorts(pid))]
		.filter((port) => !wanted.includes(port))
		.sort((left, right) => left - right);
}

function judgeChange(
	situation: Situation,
	change: DatabaseChange,
	starting: string | undefined,
): readonly AreaFinding[] {
	const { allowUpgrade, layout } = situation.configuration;
	const level = spawnLevel(situation);
	switch (change.kind) {
		case "none":
			return [];
		case "rollback":
			return [asFinding(level, versionRollback(layout.databasePath, starting, change.from))];
		case "locks-out":
			return [
				asFinding(
					allowUpgrade.value ? "notice" : level,
					versionUpgrade(layout.databasePath, starting, change.rivetkit),
				),
			];
		case "upgrade":
			return [
				notice(
					`Engine ${starting} would upgrade it from ${change.from}; older engines cannot use it afterwards.`,
					`Copy '${layout.databasePath}' first, while no engine runs, if the way back shall stay open.`,
				),
			];
	}
}
