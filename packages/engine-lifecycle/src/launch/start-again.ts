import { withSettings } from "@rivetkit/engine-config";
import { underStartLocks } from "../contention/start-locks.ts";
import { findRunningEngine } from "../endpoint/find-running.ts";
import type { Engine } from "../engine.ts";
import { reuseEngine } from "../reuse/reuse-engine.ts";
import { startStopwatch } from "../timings.ts";
import type { StartAgain } from "../watch/restart-after-crash.ts";
import { findStarted, startEngine } from "./start-alone.ts";

/** Thrown to end a restart that was called off while it was being prepared. */
const CALLED_OFF = new Error("The restart was called off.");

/**
 * Starts an engine after the watched engine has ended, with the settings of the first call, or reuses an engine that
 * already runs.
 */
export const startAgain: StartAgain = async (before, permission) => {
	const { onVersionMismatch } = before.configuration;
	// A running engine of another version was started after this host's engine. Its host would replace our engine in turn.
	const value = onVersionMismatch.value === "restart" ? "warn" : onVersionMismatch.value;
	const configuration = withSettings(before.configuration, {
		onVersionMismatch: { ...onVersionMismatch, value },
	});
	const context = { ...before, configuration, stopwatch: startStopwatch() };
	const running = await findRunningEngine(context, { bindTest: false });
	if (running !== undefined) return await reuseEngine(context, running);
	return await underStartLocks<Engine | undefined>(context, {
		start: async () => {
			const started = await findStarted(context);
			if (started !== undefined || !(await permission.mayStart())) return started;
			// A download may have taken a long time since the first check.
			const confirm = async (): Promise<void> => {
				if (!(await permission.mayStart())) throw CALLED_OFF;
			};
			return await startEngine(context, { crashRestart: { at: permission.restartedAt(), confirm } }).catch(
				(error: unknown) => {
					if (error === CALLED_OFF) return undefined;
					throw error;
				},
			);
		},
		reuse: (found) => reuseEngine(context, found),
	});
};
