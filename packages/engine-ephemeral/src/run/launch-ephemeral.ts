import { type Environment, extendedError, isEngineError, tolerantLogger } from "@rivetkit/engine-core";
import { sweepLeftovers } from "../cleanup/sweep-leftovers.ts";
import type { EphemeralEngineOptions } from "../ephemeral-options.ts";
import { type HeldReservation, holdReservation } from "../reservation/hold-reservation.ts";
import { type EngineRun, startRun } from "./engine-run.ts";
import { ephemeralContext } from "./ephemeral-context.ts";

/** How often ports are tried that were free a moment before. Something else than us has taken them. */
const ATTEMPTS = 5;

/** What a start ends with whose ports were taken after they had been reserved. */
const TAKEN_CODES: readonly string[] = ["ports_in_use", "port_occupied"];

/** A throw-away engine that is healthy, and its place. */
export interface LaunchedEphemeral {
	readonly lease: HeldReservation;
	readonly run: EngineRun;
	/** Resolves when what earlier runs have left is removed. */
	readonly swept: Promise<void>;
}

/**
 * Starts a throw-away engine on the first free ports. Meanwhile what earlier runs have left is removed, which is not waited for.
 *
 * @param sharedAs - See `EphemeralRecord`.
 * @throws EngineError as a start does, with the path of the files if they are kept; the signal's reason if aborted.
 */
export async function launchEphemeral(
	environment: Environment,
	options: EphemeralEngineOptions,
	{ folder, sharedAs }: { readonly folder: string; readonly sharedAs: string | null },
): Promise<LaunchedEphemeral> {
	const { keepOnFailure = false, onLog } = options;
	const logger = tolerantLogger(options.logger);
	let sweeping: Promise<void> | undefined;
	const sweep = (): Promise<void> => {
		sweeping ??= sweepLeftovers(folder, { logger });
		return sweeping;
	};
	for (let attempt = 1; ; attempt++) {
		const lease = await holdReservation(folder, { sharedAs, keepOnFailure, logger });
		try {
			const context = ephemeralContext(environment, options, lease.place);
			const run = await startRun(context, lease, { onLog, onSpawn: () => void sweep() });
			if (options.signal?.aborted === true) {
				run.expectEnd();
				throw options.signal.reason;
			}
			return { lease, run, swept: sweep() };
		} catch (error) {
			const isRetried = isTaken(error) && attempt < ATTEMPTS;
			if (!isRetried && options.signal?.aborted !== true) lease.setFailed();
			const path = lease.place.storagePath;
			const outcome = await lease.release().catch((reason: unknown) => {
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

/** The error of a failed start. It may speak of files that are gone by now. */
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
