import { type Check, checkOptions, invalidOptionError, oneOf } from "@rivetkit/engine-config";
import { EngineError, type EngineLogs, readLogEnd } from "@rivetkit/engine-core";
import { CALL_CHECKS } from "@rivetkit/engine-lifecycle";
import type {
	EngineEndSignal,
	EphemeralCallOptions,
	EphemeralEngine,
	EphemeralEngineLogs,
} from "../ephemeral-engine.ts";
import type { BoundOptions } from "../ephemeral-options.ts";
import { endRun, startRun } from "./engine-run.ts";
import { ephemeralContext } from "./ephemeral-context.ts";
import type { LaunchedEphemeral } from "./launch-ephemeral.ts";

/** The signal and the grace, in milliseconds, with which `stop` and `restart` end an engine. */
const STOP = { firstSignal: "SIGTERM", graceMs: 10_000 } as const;

const CALL_OPTION_CHECKS: { readonly [Name in keyof Required<EphemeralCallOptions>]: Check } = {
	signal: CALL_CHECKS.signal,
};

const END_SIGNALS: readonly EngineEndSignal[] = ["SIGKILL", "SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP"];

/** Makes the handle of a throw-away engine. */
export function privateEngine(
	startOptions: BoundOptions,
	{ held, run: first, swept }: LaunchedEphemeral,
): EphemeralEngine {
	const { reservation } = held;
	const disposed = new AbortController();
	let run = first;
	let disposal: Promise<void> | undefined;
	let turn: Promise<unknown> = Promise.resolve();
	/** Runs calls one after the other, so that a call does not see the engine in the middle of another call. */
	const inTurn = <Result>(task: () => Promise<Result>): Promise<Result> => {
		const result = turn.then(task);
		turn = result.catch(() => {});
		return result;
	};
	/** Runs a call in its turn, and ends it, or its wait for the turn, when the handle is disposed of. */
	const unlessDisposed = async <Result>(
		options: EphemeralCallOptions,
		task: (signal: AbortSignal) => Promise<Result>,
	): Promise<Result> => {
		checkOptions(options, CALL_OPTION_CHECKS);
		const { signal } = options;
		return await inTurn(async () => {
			const either = signal === undefined ? disposed.signal : AbortSignal.any([signal, disposed.signal]);
			try {
				either.throwIfAborted();
				return await task(either);
			} catch (error) {
				throw disposed.signal.aborted && error === disposed.signal.reason
					? disposedError(first.endpoint.url)
					: error;
			}
		});
	};
	const start = async (signal: AbortSignal): Promise<void> => {
		const context = ephemeralContext({ ...startOptions, signal }, reservation);
		try {
			run = await startRun(context, held, startOptions);
		} catch (error) {
			if (!signal.aborted) held.setFailed();
			throw error;
		}
	};
	return {
		endpoint: first.endpoint.url,
		storagePath: reservation.storagePath,
		get startup(): EphemeralEngine["startup"] {
			const { spawned, binary, health, timings } = run;
			const { pid, logs } = spawned;
			return { kind: "spawned", pid, binary, version: health.version, logs, timings };
		},
		get health() {
			return run.health;
		},
		get exited() {
			return run.spawned.exited;
		},
		get logs() {
			return withTail(run.spawned.logs);
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
				await held.release();
				await run.settled;
				await swept;
			}).catch((error: unknown) => {
				// The caller may try again.
				disposal = undefined;
				throw error;
			});
			return disposal;
		},
	};
}

/** Adds the method `tail` to the log paths of a start. */
export function withTail({ stdout, stderr }: EngineLogs): EphemeralEngineLogs {
	return {
		stdout,
		stderr,
		tail: async (count = 20) => {
			const ends = await Promise.all([readLogEnd(stdout, count), readLogEnd(stderr, count)]);
			return ends.flatMap(({ lines, rest }) => {
				const all = rest === "" ? lines : [...lines, rest];
				return count > 0 ? all.slice(-count) : [];
			});
		},
	};
}

function disposedError(endpoint: string): EngineError<"disposed"> {
	return new EngineError("disposed", `The throw-away engine at '${endpoint}' was disposed of.`, {
		metadata: { endpoint, hint: "Start another engine with `startEphemeralEngine`." },
	});
}
