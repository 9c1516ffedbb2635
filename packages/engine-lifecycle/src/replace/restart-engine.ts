import type { EngineOptions } from "@rivetkit/engine-config";
import { probeEngine } from "@rivetkit/engine-health";
import { findTarget, notProvenError, proveTarget } from "@rivetkit/engine-instances";
import { underStartLocks } from "../contention/start-locks.ts";
import { type CallOptions, type EngineContext, openContext } from "../context.ts";
import type { Engine } from "../engine.ts";
import { requireStartable, spawnForbiddenError } from "../launch/require-startable.ts";
import { startAgain } from "../launch/start-again.ts";
import { startAlone } from "../launch/start-alone.ts";
import { notRunning } from "../stop/stop-engine.ts";
import { openStop, type StopOptions } from "../stop/stop-options.ts";
import type { StopResult } from "../stop/stop-result.ts";
import { superviseEngine } from "../watch/supervise-engine.ts";
import { type SupervisionClock, systemClock } from "../watch/supervision-clock.ts";
import { checkReplacement } from "./check-replacement.ts";
import { atRecordedAddress, replaceEngine } from "./replace-engine.ts";

/** Options of a restart: those of the new engine, and those of the stop. */
export interface RestartOptions extends EngineOptions, StopOptions {}

/** The result of a restart. */
export interface RestartResult {
	/** The result of stopping the previous engine. */
	readonly stopped: StopResult;
	/** The new engine, or that of another program which was faster. */
	readonly engine: Engine;
}

/**
 * Ends the engine and starts another with these options in its place, or starts one if none runs. The new engine has the
 * address of the old one, unless the options name an address. Other programs that start an engine meanwhile wait, and
 * reuse the new one. The old engine is ended only after a binary was found that may use its database. Two programs that
 * call this at once restart the engine twice, one after the other.
 *
 * @throws EngineError `not_ours` for an engine that we did not start, or that runs in the foreground of another program;
 * `engine_in_use` while other processes keep connections to it, told on Linux only; `settings_missing` if its options
 * gave it settings that these options do not give. With `force` none of the three, unless `storage`, `messaging` or
 * `adminToken` would be lost. `storage_unavailable`, `messaging_unavailable` if PostgreSQL or NATS accepts no connection. As
 * `stopEngine` and `startOrReuse`.
 */
export async function restartEngine(
	options: RestartOptions & CallOptions,
	clock: SupervisionClock = systemClock,
): Promise<RestartResult> {
	const { context: asked, graceMs, force } = openStop(options, openContext);
	const context = atRecordedAddress(asked, await findTarget(asked.configuration));
	await requireManaged(context);
	const { stopped, engine } = await underStartLocks(context, {
		start: async () => {
			const target = await findTarget(context.configuration);
			const proven = await proveTarget(context.configuration.target.layout, target, {
				force,
				signal: context.signal,
			});
			if (proven === undefined) {
				return { stopped: await notRunning(context, target), engine: await startAlone(context) };
			}
			const answer = await probeEngine(target.endpoint, { signal: context.signal });
			const running = answer.kind === "engine" ? answer.health.version : undefined;
			const replacement = await checkReplacement(context, target, { proven, running, force });
			return await replaceEngine(replacement, graceMs);
		},
	});
	return { stopped, engine: superviseEngine(context, engine, startAgain, clock) };
}

async function requireManaged(context: EngineContext): Promise<void> {
	const managedBy = await requireStartable(context);
	if (managedBy.kind === "remote") {
		const target = await findTarget(context.configuration);
		throw notProvenError(context.configuration.target.layout, target, {
			reason: "its endpoint is not on this machine",
		});
	}
	if (!managedBy.maySpawn) throw spawnForbiddenError(context);
}
