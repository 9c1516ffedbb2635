import {
	describeExit,
	type EngineEndpoint,
	type ExitStatus,
	type Logger,
	portOccupiedError,
} from "@rivetkit/engine-core";
import {
	type EndRequest,
	type EngineContext,
	endProcess,
	type LaunchedEngine,
	launchEngine,
	type StartTimings,
} from "@rivetkit/engine-lifecycle";
import type { SpawnedEngine } from "@rivetkit/engine-spawn";
import type { EphemeralEngineOptions } from "../ephemeral-options.ts";
import type { HeldReservation } from "../reservation/hold-reservation.ts";
import { followLogs } from "./follow-logs.ts";

/** A process of a throw-away engine. Every restart makes a new run. */
export interface EngineRun extends LaunchedEngine {
	readonly endpoint: EngineEndpoint;
	readonly timings: StartTimings;
	/** Returns how the process has ended; undefined while it runs. */
	status(): ExitStatus | undefined;
	/** Records that the end of the process is intended and not a failure. */
	expectEnd(): void;
	/** Resolves when the process has ended and `onLog` was called with every line. */
	readonly settled: Promise<ExitStatus>;
}

/** Callbacks of a run. */
export interface RunListeners extends Pick<EphemeralEngineOptions, "onLog"> {
	/** Called as soon as the process is spawned. */
	readonly onSpawn?: (() => void) | undefined;
}

/**
 * Starts the engine of a reservation and watches it. If the engine ends by itself, that is logged and counts as a
 * failure.
 *
 * @throws EngineError as a start; `port_occupied` if another engine answers at the reserved port.
 */
export async function startRun(
	context: EngineContext,
	held: HeldReservation,
	{ onLog, onSpawn }: RunListeners,
): Promise<EngineRun> {
	const { configuration, logger, stopwatch } = context;
	const unfollow = new AbortController();
	let following = Promise.resolve();
	let hasSpawned = false;
	try {
		const launch = await launchEngine(context, {
			onChild: (signal) => held.setProcess({ kind: "starting", signal }),
			onSpawn: (spawned) => {
				held.setProcess({ kind: "spawned", spawned });
				hasSpawned = true;
				void spawned.exited.then(() => {
					held.setProcess({ kind: "none" });
					unfollow.abort();
				});
				following = followLogs(spawned.logs, { onLog, logger, signal: unfollow.signal });
				onSpawn?.();
			},
		});
		if (launch.kind === "lost") throw portOccupiedError(configuration.endpoint.value, "engine");
		let status: ExitStatus | undefined;
		let isEndWanted = false;
		const { spawned } = launch;
		const settled = spawned.exited.then(async (exit) => {
			status = exit;
			if (!isEndWanted) {
				held.setFailed();
				await tellEnd(spawned, exit, { logger, path: held.reservation.storagePath });
				// A wrapper script may have left processes. They are ended now, because their process group id may be reused later.
				await spawned.kill();
			}
			await following;
			return exit;
		});
		return {
			...launch,
			endpoint: configuration.endpoint.value,
			timings: stopwatch.timings(),
			settled,
			status: () => status,
			expectEnd: () => {
				isEndWanted = true;
			},
		};
	} catch (error) {
		if (!hasSpawned) held.setProcess({ kind: "none" });
		throw error;
	}
}

/** Logs how an engine has ended by itself, with the reason from its own log if there is one. */
async function tellEnd(
	{ pid, logs }: SpawnedEngine,
	exit: ExitStatus,
	{ logger, path }: { readonly logger: Logger; readonly path: string },
): Promise<void> {
	const { explainExit } = await import("@rivetkit/engine-spawn/explain");
	const { readLogTail } = await import("@rivetkit/engine-spawn");
	const tails = await Promise.all([logs.stdout, logs.stderr].map((file) => readLogTail(file)));
	const { reason } = explainExit(exit, tails.flat(), { wasHealthy: true });
	logger.error(
		{ pid, status: describeExit(exit), reason, path },
		"the throw-away engine has ended by itself, or was ended by another program",
	);
}

/**
 * Ends a run with a signal, and with SIGKILL when the grace is over. Resolves when the process has ended and its port is
 * closed.
 *
 * @throws EngineError as `endProcess`; the signal's reason if aborted.
 */
export async function endRun(
	run: EngineRun,
	how: Pick<EndRequest, "firstSignal" | "graceMs" | "signal">,
): Promise<ExitStatus> {
	const { identity } = run.spawned;
	run.expectEnd();
	if (run.status() === undefined) {
		if (identity !== undefined) {
			await endProcess({ identity, leadsSession: true, endpoint: run.endpoint, ...how });
		}
		// This keeps our process alive until Node has noticed the end. Waiting for `settled` alone would not.
		await run.spawned.kill();
	}
	return await run.settled;
}
