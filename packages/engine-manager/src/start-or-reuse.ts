import { type CallOptions, type EngineContext, openContext } from "./context.ts";
import type { Engine } from "./engine.ts";
import { findRunningEngine } from "./find-running.ts";
import type { EngineOptions } from "./options.ts";
import { remoteEngine } from "./remote-engine.ts";
import { mayNotSpawn, requireStartable } from "./require-startable.ts";
import { reuseEngine } from "./reuse-engine.ts";
import { reuseOrReplace } from "./reuse-or-replace.ts";
import { startAgain } from "./start-again.ts";
import { startAlone } from "./start-alone.ts";
import { underStartLocks } from "./start-locks.ts";
import { superviseEngine } from "./supervise-engine.ts";
import { type SupervisionClock, systemClock } from "./supervision-clock.ts";

/**
 * Finds the engine that runs at the endpoint, or starts one, and answers when it is healthy. The engine
 * outlives this process.
 *
 * @throws EngineError with a code of `EngineManagerErrorCode`; the signal's reason if aborted.
 */
export async function startOrReuse(
	options: EngineOptions & CallOptions,
	clock: SupervisionClock = systemClock,
): Promise<Engine> {
	const context = openContext(options);
	return superviseEngine(context, await findOrStart(context), startAgain, clock);
}

async function findOrStart(context: EngineContext): Promise<Engine> {
	const management = await requireStartable(context);
	if (management.kind === "remote") return await remoteEngine(context);

	const running = await findRunningEngine(context, { bindTest: false });
	if (running !== undefined) return await reuseOrReplace(context, running, management);
	if (!management.maySpawn) throw mayNotSpawn(context);
	context.stopwatch.lap("probeMs");
	return await underStartLocks(
		context,
		() => startAlone(context),
		(found) => reuseEngine(context, found),
	);
}
