import { describeExit, type EngineEndpoint, type ExitStatus, portOccupiedError } from "@rivetkit/engine-core";
import type { EngineContext, StartTimings } from "@rivetkit/engine-lifecycle";
import { type EndRequest, endProcess, type LaunchedEngine, launchEngine } from "@rivetkit/engine-lifecycle";
import type { EphemeralEngineOptions } from "../ephemeral-options.ts";
import type { HeldReservation } from "../reservation/hold-reservation.ts";
import { followLogs } from "./follow-logs.ts";

/** One process of a throw-away engine, healthy when it was started. */
export interface EngineRun extends LaunchedEngine {
	readonly endpoint: EngineEndpoint;
	readonly timings: StartTimings;
	/** How it has ended, once that is known. */
	status(): ExitStatus | undefined;
	/** Says that its end is wanted, and so no failure. */
	expectEnd(): void;
	/** Stops watching the engine, which goes on, and resolves when no more of its log is told. */
	release(): Promise<void>;
	/** Resolves when it has ended and every line of its log was told. */
	readonly settled: Promise<ExitStatus>;
}

/** What a run tells of itself. */
export interface RunListeners extends Pick<EphemeralEngineOptions, "onLog"> {
	/** Told as soon as there is a process. */
	readonly onSpawn?: (() => void) | undefined;
}

/**
 * Starts the engine of a lease and watches it. That it ends by itself is logged, and a failure.
 *
 * @throws EngineError as a start; `port_occupied` if another engine answers at its port.
 */
export async function startRun(
	context: EngineContext,
	lease: HeldReservation,
	{ onLog, onSpawn }: RunListeners,
): Promise<EngineRun> {
	const { configuration, logger, stopwatch } = context;
	const unfollow = new AbortController();
	let following = Promise.resolve();
	let hasSpawned = false;
	try {
		const launch = await launchEngine(context, {
			onChild: (signal) => lease.setProcess({ kind: "starting", signal }),
			onSpawn: (spawned) => {
				lease.setProcess({ kind: "spawned", spawned });
				hasSpawned = true;
				void spawned.exited.then(() => {
					lease.setProcess({ kind: "none" });
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
				lease.setFailed();
				const fields = { pid: spawned.pid, status: describeExit(exit), path: lease.place.storagePath };
				logger.error(fields, "the throw-away engine has ended by itself, or was ended by somebody else");
				// What a wrapper script may have left. Later its number could be somebody else's.
				await spawned.terminate();
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
			release: async () => {
				spawned.detach();
				unfollow.abort();
				await following;
			},
		};
	} catch (error) {
		if (!hasSpawned) lease.setProcess({ kind: "none" });
		throw error;
	}
}

/**
 * Ends a run by a signal, and by SIGKILL when the grace is over. Done when the process is gone and its port is closed.
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
		// That Node has yet to learn of the end does not keep this process alive; this does.
		await run.spawned.terminate();
	}
	return await run.settled;
}
