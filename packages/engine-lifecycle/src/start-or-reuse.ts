import type { EngineOptions } from "@rivetkit/engine-config";
import { underStartLocks } from "./contention/start-locks.ts";
import { type CallOptions, type EngineContext, openContext } from "./context.ts";
import { findRunningEngine } from "./endpoint/find-running.ts";
import type { Engine } from "./engine.ts";
import { requireStartable, spawningOffError } from "./launch/require-startable.ts";
import { startAgain } from "./launch/start-again.ts";
import { startAlone } from "./launch/start-alone.ts";
import { replaceOtherVersion } from "./replace/replace-other-version.ts";
import { remoteEngine } from "./reuse/remote-engine.ts";
import { reuseEngine } from "./reuse/reuse-engine.ts";
import { superviseEngine } from "./watch/supervise-engine.ts";
import { type SupervisionClock, systemClock } from "./watch/supervision-clock.ts";

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
	if (management.kind === "remote") return remoteEngine(context);

	const running = await findRunningEngine(context, { bindTest: false });
	if (running !== undefined) return await replaceOtherVersion(context, running, management);
	if (!management.maySpawn) throw spawningOffError(context);
	context.stopwatch.lap("probeMs");
	return await underStartLocks(context, {
		start: () => startAlone(context),
		reuse: (found) => reuseEngine(context, found),
	});
}
