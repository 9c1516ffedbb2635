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

/** Starts an engine after the one before has ended, with the first call's settings, or reuses one that runs by then. */
export const startAgain: StartAgain = async (before, permission) => {
	const { onVersionMismatch } = before.configuration;
	// A host that started another version meanwhile did so after this one, and would replace ours in turn.
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
			// A binary may have been downloaded in between.
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
