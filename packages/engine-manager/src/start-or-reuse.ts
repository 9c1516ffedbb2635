import { EngineError, type Environment } from "@rivetkit/engine-core";
import { awaitFasterEngine } from "./await-faster-engine.ts";
import { cannotBind } from "./cannot-bind.ts";
import { type EngineContext, openContext } from "./context.ts";
import type { Engine } from "./engine.ts";
import { processEnvironment } from "./environment.ts";
import { type FoundEngine, findRunningEngine } from "./find-running.ts";
import { configuredBinding } from "./guard-binding.ts";
import { joinStartingEngine } from "./join-starting.ts";
import { loadResolver, loadSpawn } from "./lazy-packages.ts";
import { managementOf } from "./management.ts";
import type { EngineOptions } from "./options.ts";
import { remoteEngine } from "./remote-engine.ts";
import { requireFreeDatabase } from "./require-usable-database.ts";
import { namesBinary, resolverConfiguration } from "./resolver-configuration.ts";
import { reuseEngine } from "./reuse-engine.ts";
import { startEngine } from "./start-engine.ts";
import { underStartLocks } from "./start-locks.ts";

/**
 * Finds the engine that runs at the endpoint, or starts one, and answers when it is healthy. The engine
 * outlives this process.
 *
 * @throws EngineError with a code of `EngineManagerErrorCode`; the signal's reason if aborted.
 */
export async function startOrReuse(options: EngineOptions = {}): Promise<Engine> {
	return await startOrReuseIn(processEnvironment(), options);
}

/** {@link startOrReuse} with the variables that it goes by. */
export async function startOrReuseIn(environment: Environment, options: EngineOptions): Promise<Engine> {
	const context = openContext(options, environment);
	await requireNamedBinary(context);
	const { spawn, endpoint, bindHost } = context.configuration;
	const management = managementOf(spawn.value, endpoint.value, bindHost.value);
	if (management.kind === "remote") return await remoteEngine(context);
	if (management.maySpawn && endpoint.value.reach === "other") await requireBindable(context);

	const running = await findRunningEngine(context, { bindTest: false });
	if (running !== undefined) return await reuseEngine(context, running);
	if (!management.maySpawn) throw mayNotSpawn(context);
	context.stopwatch.lap("probeMs");
	return await underStartLocks(context, () => startAlone(context));
}

/**
 * What one host at a time does: look once more, for what a host before it has left or brought up, then start.
 * Hosts that take no lock exist, so the start itself copes with losing.
 */
async function startAlone(context: EngineContext): Promise<Engine> {
	// Loaded meanwhile, and not by those who only wait. A failure is met again where they are used.
	Promise.all([loadResolver(), loadSpawn()]).catch(() => {});
	await requireFreeDatabase(context.configuration);
	const running =
		(await joinStartingEngine(context)) ??
		(await awaitDatabaseHolder(context)) ??
		(await findRunningEngine(context, { bindTest: true }));
	context.stopwatch.lap("lockMs");
	if (running !== undefined) return await reuseEngine(context, running);
	return await startEngine(context);
}

/** An engine that has the database already, though no host of ours has recorded it, will answer soon. */
async function awaitDatabaseHolder(context: EngineContext): Promise<FoundEngine | undefined> {
	const { configuration } = context;
	const { lockHolder } = await loadSpawn();
	if ((await lockHolder(configuration.layout.databasePath)) === undefined) return undefined;
	return await awaitFasterEngine(context, configuredBinding(configuration));
}

/** A path that was named must be right before anything else is looked at. */
async function requireNamedBinary(context: EngineContext): Promise<void> {
	if (!namesBinary(context.configuration)) return;
	const { checkNamedBinary } = await loadResolver();
	await checkNamedBinary(resolverConfiguration(context.configuration));
}

/**
 * An endpoint that is not loopback may not be this machine's. It would be probed until the deadline before
 * the start could fail, so it is refused first.
 */
async function requireBindable(context: EngineContext): Promise<void> {
	const { guard } = configuredBinding(context.configuration);
	const { checkPorts } = await loadSpawn();
	const taken = await checkPorts([{ role: "guard", ...guard }]);
	if (taken.some(({ code }) => code === "EADDRNOTAVAIL")) throw cannotBind(taken);
}

function mayNotSpawn(context: EngineContext): EngineError<"health_check_failed"> {
	const endpoint = context.configuration.endpoint.value.url;
	return new EngineError(
		"health_check_failed",
		`Engine health check failed after 1 attempts: nothing listens on '${endpoint}', and starting an engine is turned off`,
		{
			metadata: {
				endpoint,
				hint: "Start the engine first (`rivet-enginectl start`), or set `RIVETKIT_ENGINE_SPAWN` (option `spawn`) to `auto`.",
			},
		},
	);
}
