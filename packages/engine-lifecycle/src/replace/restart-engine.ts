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

/** Options of a restart: the options of the new engine and of the stop. */
export interface RestartOptions extends EngineOptions, StopOptions {}

/** The result of a restart. */
export interface RestartResult {
	/** The result of stopping the previous engine. */
	readonly stopped: StopResult;
	/** The new engine, or the engine of another program that was faster. */
	readonly engine: Engine;
}

/**
 * Ends the running engine, if there is one, and starts a new engine with these options. The new engine has the
 * address of the old engine, unless the options name an address. Other programs that start an engine in the meantime
 * wait, and reuse the new engine. The old engine is ended only after a binary was found that may use its database. If
 * two programs call this at once, the engine is restarted twice, one restart after the other.
 *
 * @throws EngineError `not_ours` for an engine that we did not start, or that runs in the foreground of another
 * program; `engine_in_use` while other processes keep connections to it (found out on Linux only); `settings_missing`
 * if the engine was started with settings that these options do not give. `force` turns these three errors off,
 * except `settings_missing` for `storage`, `messaging` or `adminToken`. `storage_unavailable`,
 * `messaging_unavailable` if PostgreSQL or NATS accepts no connection. As `stopEngine` and `startOrReuse`.
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
