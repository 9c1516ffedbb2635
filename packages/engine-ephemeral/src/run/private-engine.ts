import { invalidOptionError, oneOf } from "@rivetkit/engine-config";
import { EngineError, type Environment } from "@rivetkit/engine-core";
import type { EngineEndSignal, EphemeralCallOptions, EphemeralEngine } from "../ephemeral-engine.ts";
import type { EphemeralEngineOptions } from "../ephemeral-options.ts";
import { endRun, startRun } from "./engine-run.ts";
import { logsOf, startupOf } from "./engine-view.ts";
import { ephemeralContext } from "./ephemeral-context.ts";
import type { LaunchedEphemeral } from "./launch-ephemeral.ts";

/** An engine that is stopped has this long to shut down, in milliseconds. */
const STOP = { firstSignal: "SIGTERM", graceMs: 10_000 } as const;

const END_SIGNALS: readonly EngineEndSignal[] = ["SIGKILL", "SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP"];

/** The handle for a throw-away engine of this process's own. */
export function privateEngine(
	environment: Environment,
	startOptions: EphemeralEngineOptions,
	{ lease, run: first, swept }: LaunchedEphemeral,
): EphemeralEngine {
	const { place } = lease;
	const disposed = new AbortController();
	let run = first;
	let disposal: Promise<void> | undefined;
	let turn: Promise<unknown> = Promise.resolve();
	/** One after the other: what a call finds is what the one before it has left. */
	const inTurn = <Result>(task: () => Promise<Result>): Promise<Result> => {
		const result = turn.then(task);
		turn = result.catch(() => {});
		return result;
	};
	/** Neither a call nor its wait outlives the handle. */
	const unlessDisposed = <Result>(
		{ signal }: EphemeralCallOptions,
		task: (signal: AbortSignal) => Promise<Result>,
	): Promise<Result> =>
		inTurn(async () => {
			const either = signal === undefined ? disposed.signal : AbortSignal.any([signal, disposed.signal]);
			try {
				either.throwIfAborted();
				return await task(either);
			} catch (error) {
				throw disposed.signal.aborted && error === disposed.signal.reason ? gone(first.endpoint.url) : error;
			}
		});
	const start = async (signal: AbortSignal): Promise<void> => {
		const context = ephemeralContext(environment, { ...startOptions, signal }, place);
		try {
			run = await startRun(context, lease, startOptions);
		} catch (error) {
			if (!signal.aborted) lease.setFailed();
			throw error;
		}
	};
	return {
		endpoint: first.endpoint.url,
		storagePath: place.storagePath,
		get startup() {
			return startupOf(run);
		},
		get health() {
			return run.health;
		},
		get exited() {
			return run.spawned.exited;
		},
		get logs() {
			return logsOf(run.spawned.logs);
		},
		stop: (options = {}) => unlessDisposed(options, (signal) => endRun(run, { ...STOP, signal })),
		restart: (options = {}) =>
			unlessDisposed(options, async (signal) => {
				await endRun(run, { ...STOP, signal });
				await start(signal);
			}),
		kill: (name = "SIGKILL", options = {}) =>
			unlessDisposed(options, async (signal) => {
				const expected = oneOf(...END_SIGNALS)(name);
				if (expected !== undefined) throw invalidOptionError("name", name, expected);
				return await endRun(run, { firstSignal: name, graceMs: Number.POSITIVE_INFINITY, signal });
			}),
		[Symbol.asyncDispose]: () => {
			disposed.abort();
			disposal ??= inTurn(async () => {
				run.expectEnd();
				await lease.release();
				await run.settled;
				await swept;
			}).catch((error: unknown) => {
				// It may be tried again.
				disposal = undefined;
				throw error;
			});
			return disposal;
		},
	};
}

function gone(endpoint: string): EngineError<"invalid_option"> {
	return new EngineError("invalid_option", `The throw-away engine at '${endpoint}' was disposed of.`, {
		metadata: { endpoint, hint: "Start another with `startEphemeralEngine`." },
	});
}
