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
import { spawnLevel } from "../endpoint-state.ts";
import { engineToStop } from "../engine-to-stop.ts";
import { type AreaFinding, asFinding, notice, ok } from "../finding.ts";
import type { Observations } from "../observations.ts";
import { checkServers } from "./check-servers.ts";

/** Checks which engine has used the database last, and which engine has the database open. */
export async function checkDatabase(observations: Observations): Promise<readonly AreaFinding[]> {
	const { configuration, endpointState, sources } = observations;
	if (endpointState === "remote") return [ok("None is needed here.")];
	const { outcome } = sources;
	const starting = outcome.kind === "binary" ? outcome.binary.version : undefined;
	const { last, change } = await foreseeDatabaseChange(configuration, starting);
	const state = isOnPostgres(observations)
		? await checkServers(observations)
		: [await describeState(configuration.target.layout.databasePath, last)];
	return [...state, ...(await judgeHolder(observations)), ...judgeChange(observations, change, starting)];
}

function isOnPostgres({ configuration }: Observations): boolean {
	return configuration.database.kind === "postgres";
}

async function describeState(databasePath: string, last: string | null): Promise<AreaFinding> {
	try {
		await stat(path.join(databasePath, "CURRENT"));
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException;
		if (code === "ENOENT" || code === "ENOTDIR")
			return ok(`'${databasePath}' is empty or does not exist yet.`);
		return notice(
			`It cannot be checked whether '${databasePath}' contains a database: ${message}.`,
			`Make '${databasePath}' a folder that this user can read.`,
		);
	}
	const by =
		last === null ? "which engine has used it last is not recorded" : `engine ${last} has used it last`;
	return ok(`'${databasePath}' is there; ${by}.`);
}

async function judgeHolder(observations: Observations): Promise<readonly AreaFinding[]> {
	const { configuration } = observations;
	const own = anotherDatabase(observations);
	try {
		await requireFreeDatabase(configuration);
	} catch (error) {
		// The record may be newer than the observations.
		if (!isEngineError(error, "database_locked")) throw error;
		const endpoint = String(error.metadata["endpoint"]);
		const cure = `Use the engine at '${endpoint}', stop it with \`stopEngine\`, or ${own}.`;
		const finding = asFinding(spawnLevel(observations), error, cure);
		return [{ ...finding, engineToStop: engineToStop(configuration, endpoint) }];
	}
	// In PostgreSQL, a lease keeps other engines out. The holder of the lease may be on another machine.
	return isOnPostgres(observations) ? [] : [await judgeLockHolder(observations, own)];
}

function anotherDatabase(observations: Observations): string {
	// Another instance alone would not help, because its engine would use the same PostgreSQL by default.
	if (isOnPostgres(observations)) {
		return "name another instance with `instancePath`, and another database, or NATS with `messaging`, by which engines share one";
	}
	return observations.configuration.instancePath.value === undefined
		? "give this one a database of its own with `instancePath`"
		: "name another instance with `instancePath`";
}

async function judgeLockHolder(observations: Observations, own: string): Promise<AreaFinding> {
	const { configuration, holder, living, endpointState } = observations;
	const { databasePath } = configuration.target.layout;
	const { lockHolder } = await import("@rivetkit/engine-inspect");
	const user = await lockHolder(databasePath);
	if (user === undefined) return ok("No engine has it open.");
	const who = `'${user.name}' (pid ${user.pid})`;
	const isTheOneThere = user.pid === holder?.pid || (endpointState === "starting" && living !== undefined);
	if (isTheOneThere) return ok(`The engine at the endpoint, ${who}, has it open.`);
	const ports = await otherPorts(observations, user);
	if (ports.length === 0 && executesEngine(user)) {
		return ok(`An engine that has just been started, ${who}, has it open; a start waits for it.`);
	}
	const where = ports.length === 0 ? "" : `, which listens on port ${ports.join(", ")},`;
	return {
		level: spawnLevel(observations),
		message: `${who}${where} has the database '${databasePath}' open.`,
		cure: `Stop process ${user.pid}, use its engine with \`endpoint\`, or ${own}.`,
	};
}

/** Lists the ports on which a process listens, except those that a start would use. */
async function otherPorts({ configuration }: Observations, { pid }: PortHolder): Promise<readonly number[]> {
	const { listeningPorts } = await import("@rivetkit/engine-inspect");
	const { ports } = configuration;
	const wanted = isEngineError(ports) ? [] : Object.values(ports).map(({ port }) => port);
	return [...new Set(await listeningPorts(pid))]
		.filter((port) => !wanted.includes(port))
		.sort((left, right) => left - right);
}

function judgeChange(
	observations: Observations,
	change: DatabaseChange,
	starting: string | undefined,
): readonly AreaFinding[] {
	const { allowUpgrade } = observations.configuration;
	const database = observations.configuration.database.name;
	const level = spawnLevel(observations);
	switch (change.kind) {
		case "none":
			return [];
		case "rollback": {
			// Another instance would not help: it has no record of the last version, but the database is still newer.
			const which = change.isCertain ? `${change.from} or newer` : change.from;
			const cure = `Use engine ${which}, or another PostgreSQL database.`;
			const error = versionRollbackError(database, starting, change);
			return [asFinding(level, error, isOnPostgres(observations) ? cure : undefined)];
		}
		case "locks-out":
			return [
				asFinding(
					allowUpgrade.value ? "notice" : level,
					versionUpgradeError(database, starting, change.rivetkit),
				),
			];
		case "upgrade": {
			const copy = isOnPostgres(observations) ? "Dump" : "Copy";
			return [
				notice(
					`Engine ${starting} would upgrade the database from ${change.from}; older engines cannot use it afterwards.`,
					`${copy} '${database}' first, while no engine runs, if you may want to go back.`,
				),
			];
		}
	}
}
