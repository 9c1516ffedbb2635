import { requirePorts } from "@rivetkit/engine-config";
import { awaitFasterEngine } from "../contention/await-faster-engine.ts";
import { joinStartingEngine } from "../contention/join-starting.ts";
import type { EngineContext } from "../context.ts";
import { requireFreeDatabase } from "../database/require-usable-database.ts";
import { type FoundEngine, findRunningEngine } from "../endpoint/find-running.ts";
import type { Engine } from "../engine.ts";
import { reuseEngine } from "../reuse/reuse-engine.ts";
import { type StartPlan, startEngine } from "./launch-engine.ts";

/**
 * What one host at a time does: look once more, for what a host before it has left or brought up, then start.
 * Hosts that take no lock exist, so the start itself copes with losing.
 */
export async function startAlone(context: EngineContext, plan: StartPlan = {}): Promise<Engine> {
	return (await findStarted(context)) ?? (await startEngine(context, plan));
}

/** The engine that a host before has left or brought up by now, reused; undefined if there is none. */
export async function findStarted(context: EngineContext): Promise<Engine | undefined> {
	// Loaded meanwhile, and not by those who only wait. A failure is met again where they are used.
	Promise.all([import("@rivetkit/engine-resolver"), import("@rivetkit/engine-spawn")]).catch(() => {});
	await requireFreeDatabase(context.configuration);
	const running =
		(await joinStartingEngine(context)) ??
		(await awaitDatabaseHolder(context)) ??
		(await findRunningEngine(context, { bindTest: true }));
	context.stopwatch.lap("lockMs");
	return running && (await reuseEngine(context, running));
}

/** An engine that has the database already, though no host of ours has recorded it, will answer soon. */
async function awaitDatabaseHolder(context: EngineContext): Promise<FoundEngine | undefined> {
	const { configuration } = context;
	if (configuration.database.kind === "postgres") return undefined;
	const { lockHolder } = await import("@rivetkit/engine-inspect");
	if ((await lockHolder(configuration.target.layout.databasePath)) === undefined) return undefined;
	return await awaitFasterEngine(context, requirePorts(configuration));
}
