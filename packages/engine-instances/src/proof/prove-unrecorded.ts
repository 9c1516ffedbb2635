import { stat } from "node:fs/promises";
import type { InstanceLayout } from "@rivetkit/engine-core";
import { identifyProcess, judgeProcess, type ProcessIdentity } from "@rivetkit/engine-core/process";
import { configurationOf } from "../records/record-of-process.ts";
import type { TargetEngine } from "../target/find-target.ts";

/** The proof that a process without a record may be signalled, or why there is no proof. */
export type UnrecordedProof =
	| { readonly kind: "proven"; readonly identity: ProcessIdentity }
	| { readonly kind: "unproven"; readonly pid: number | undefined; readonly reason: string };

/**
 * Proves that the process on the guard port is the engine of this database, for engines that rivetkit or a user started: the process owns the listening socket, runs as this user, executes an engine, and has
 * this very database open or, with its data in PostgreSQL, was started with this instance's configuration file.
 * Linux only; nothing is proven elsewhere.
 */
export async function proveUnrecorded(
	{ endpoint, guardPort }: Pick<TargetEngine, "endpoint" | "guardPort">,
	{ databasePath, configPath }: Pick<InstanceLayout, "databasePath" | "configPath">,
): Promise<UnrecordedProof> {
	const { engineDatabase, executesEngine, portHolder, samePath } = await import("@rivetkit/engine-inspect");
	const holder = await portHolder(guardPort, endpoint.probeHosts[0]);
	if (holder === undefined) {
		const reason = `the process that listens on port ${guardPort} is not known`;
		return { kind: "unproven", pid: undefined, reason };
	}
	const { pid, name } = holder;
	const unproven = (reason: string): UnrecordedProof => ({ kind: "unproven", pid, reason });
	// Identify before the checks and judge after them, so that the proof is not about a later process with the same pid.
	const identity = await identifyProcess(pid);
	const stats = await stat(`/proc/${pid}`).catch(() => undefined);
	if (stats === undefined || stats.uid !== process.getuid?.())
		return unproven(`pid ${pid} runs as another user`);
	if (!executesEngine(holder)) return unproven(`pid ${pid} executes '${name}', which is not an engine`);
	const database = await engineDatabase(pid);
	const configuration = await configurationOf(pid);
	const isConfigured = configuration !== undefined && (await samePath(configuration, configPath));
	if (database === undefined && !isConfigured)
		return unproven(`pid ${pid} has no database open that could be seen`);
	if (database !== undefined && !(await samePath(database, databasePath)))
		return unproven(`pid ${pid} uses the database '${database}'`);
	if (identity === undefined || (await judgeProcess(identity)) !== "alive") {
		return unproven(`pid ${pid} ended, or cannot be identified`);
	}
	return { kind: "proven", identity };
}
