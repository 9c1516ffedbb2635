import { extendedError, isEngineError, tolerantLogger } from "@rivetkit/engine-core";
import { sweepLeftovers } from "../cleanup/sweep-leftovers.ts";
import type { BoundOptions } from "../ephemeral-options.ts";
import { type HeldReservation, holdReservation } from "../reservation/hold-reservation.ts";
import { type EngineRun, startRun } from "./engine-run.ts";
import { ephemeralContext } from "./ephemeral-context.ts";

/** The maximum number of attempts: another program may take ports after they were reserved. */
const ATTEMPTS = 5;

/** Error codes of a start for ports that another program has taken after the reservation. */
const TAKEN_CODES: readonly string[] = ["ports_in_use", "port_occupied"];

/** A throw-away engine that is healthy, and its reservation. */
export interface LaunchedEphemeral {
	readonly held: HeldReservation;
	readonly run: EngineRun;
	/** Resolves when the sweep for engines of killed processes has ended. */
	readonly swept: Promise<void>;
}

/**
 * Starts a throw-away engine on the first free ports. Also begins to remove the engines of killed processes, but does not
 * wait for that.
 *
 * @throws EngineError as a start does, with the path of the files if they are kept; the signal's reason if aborted.
 */
export async function launchEphemeral(options: BoundOptions, folder: string): Promise<LaunchedEphemeral> {
	const { keepOnFailure = false, onLog } = options;
	const logger = tolerantLogger(options.logger);
	let sweeping: Promise<void> | undefined;
	const sweep = (): Promise<void> => {
		sweeping ??= sweepLeftovers(folder, { logger });
		return sweeping;
	};
	for (let attempt = 1; ; attempt++) {
		const held = await holdReservation(folder, { keepOnFailure, logger });
		try {
			const context = ephemeralContext(options, held.reservation);
			const run = await startRun(context, held, { onLog, onSpawn: () => void sweep() });
			if (options.signal?.aborted === true) {
				run.expectEnd();
				throw options.signal.reason;
			}
			return { held, run, swept: sweep() };
		} catch (error) {
			const isRetried = isTaken(error) && attempt < ATTEMPTS;
			if (!isRetried && options.signal?.aborted !== true) held.setFailed();
			const path = held.reservation.storagePath;
			const outcome = await held.release().catch((reason: unknown) => {
				logger.warn({ path, error: reason }, "a throw-away engine that did not start could not be removed");
				return "kept" as const;
			});
			if (isRetried) continue;
			void sweep();
			throw withFiles(error, path, outcome);
		}
	}
}

function isTaken(error: unknown): boolean {
	return isEngineError(error) && TAKEN_CODES.includes(error.code);
}

/** Adds the path of kept files to the error of a failed start, or removes the paths of removed files. */
function withFiles(error: unknown, storagePath: string, outcome: "removed" | "kept"): unknown {
	if (!isEngineError(error)) return error;
	const { logs, hint = "" } = error.metadata;
	const gone = "The end of its log is in `stdoutTail` and `stderrTail`; with `keepOnFailure` its files stay.";
	const changed =
		outcome === "kept"
			? { hint: `${hint} Its files are kept in '${storagePath}'.`.trim(), logs, storagePath }
			: { logs: undefined, hint: hint.includes(storagePath) ? gone : error.metadata.hint };
	return extendedError(error, { metadata: changed });
}
