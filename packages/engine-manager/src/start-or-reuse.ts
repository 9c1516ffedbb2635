import type { Environment } from "@rivetkit/engine-core";
import type { StartAgain } from "./bring-back.ts";
import { withSettings } from "./configuration.ts";
import { type EngineContext, openContext } from "./context.ts";
import type { Engine } from "./engine.ts";
import { processEnvironment } from "./environment.ts";
import { findRunningEngine } from "./find-running.ts";
import type { EngineOptions } from "./options.ts";
import { remoteEngine } from "./remote-engine.ts";
import { mayNotSpawn, requireStartable } from "./require-startable.ts";
import { reuseEngine } from "./reuse-engine.ts";
import { reuseOrReplace } from "./reuse-or-replace.ts";
import { findStarted, startAlone } from "./start-alone.ts";
import { startEngine } from "./start-engine.ts";
import { underStartLocks } from "./start-locks.ts";
import { superviseEngine } from "./supervise-engine.ts";
import { type SupervisionClock, systemClock } from "./supervision-clock.ts";
import { startStopwatch } from "./timings.ts";

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
export async function startOrReuseIn(
	environment: Environment,
	options: EngineOptions,
	clock: SupervisionClock = systemClock,
): Promise<Engine> {
	const context = openContext(options, environment);
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

/** What a start ends with that is not wanted any more. */
const CALLED_OFF = new Error("The restart was called off.");

/** The same again after the engine has ended, with the first call's settings, in an application that has gone on since. */
export const startAgain: StartAgain = async (before, gate) => {
	const { onVersionMismatch } = before.configuration;
	// Whoever has started another version meanwhile has done so after us, and would have it replaced in turn.
	const value = onVersionMismatch.value === "restart" ? "warn" : onVersionMismatch.value;
	const configuration = withSettings(before.configuration, {
		onVersionMismatch: { ...onVersionMismatch, value },
	});
	const context = { ...before, configuration, stopwatch: startStopwatch() };
	const running = await findRunningEngine(context, { bindTest: false });
	if (running !== undefined) return await reuseEngine(context, running);
	return await underStartLocks<Engine | undefined>(
		context,
		async () => {
			const started = await findStarted(context);
			if (started !== undefined || !(await gate.mayStart())) return started;
			// A binary may have been downloaded in between.
			const confirm = async (): Promise<void> => {
				if (!(await gate.mayStart())) throw CALLED_OFF;
			};
			return await startEngine(context, { crashRestart: { at: gate.restartedAt(), confirm } }).catch(
				(error: unknown) => {
					if (error === CALLED_OFF) return undefined;
					throw error;
				},
			);
		},
		(found) => reuseEngine(context, found),
	);
};
