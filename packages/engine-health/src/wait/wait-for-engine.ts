import {
	type EngineEndpoint,
	type EngineHealth,
	type ExitStatus,
	parseEndpoint,
	pause,
	requireKnownOptions,
} from "@rivetkit/engine-core";
import { askEngine } from "../probe/probe.ts";
import type { ProbeResult } from "../probe/probe-result.ts";
import { requireArguments } from "../require-arguments.ts";
import { pollGapMs } from "./poll-gap.ts";
import { exitedEarlyError, hopelessAnswerError, timeUpError } from "./wait-errors.ts";

/** The codes that {@link waitForEngine} throws. */
export type EngineHealthErrorCode =
	| "health_check_failed"
	| "invalid_endpoint"
	| "invalid_option"
	| "port_occupied";

/** How long to wait, and what ends the wait early. */
export interface WaitOptions {
	/** The time limit for the wait, in milliseconds. @defaultValue 30000 */
	readonly timeoutMs?: number | undefined;
	/** The time limit for one request, in milliseconds. @defaultValue 1000 */
	readonly requestTimeoutMs?: number | undefined;
	/** Resolves when the engine's process has ended, which ends the wait at once. */
	readonly exited?: Promise<ExitStatus> | undefined;
	/**
	 * Called for every engine that answers; after `false` the wait goes on. It lets a program distinguish the engine that it
	 * started from another engine on the port. With `accept`, the port is not checked to be a guard's port.
	 */
	readonly accept?: ((health: EngineHealth) => boolean | Promise<boolean>) | undefined;
	/** Ends the wait; it then rejects with the signal's reason. */
	readonly signal?: AbortSignal | undefined;
}

const WAIT_OPTIONS: Readonly<Record<keyof WaitOptions, true>> = {
	timeoutMs: true,
	requestTimeoutMs: true,
	exited: true,
	accept: true,
	signal: true,
};

/**
 * Waits until an engine answers at the endpoint.
 *
 * @throws EngineError `health_check_failed` when time is up, when `exited` resolves (its status is
 * `metadata.exit`), or at once for a 2xx that is not from an engine; `port_occupied` at once for another
 * runtime; `invalid_endpoint`; `invalid_option`; the signal's reason if aborted.
 */
export async function waitForEngine(
	endpoint: string | EngineEndpoint,
	options: WaitOptions = {},
): Promise<EngineHealth> {
	requireKnownOptions(options, WAIT_OPTIONS);
	const { timeoutMs, requestTimeoutMs } = options;
	requireArguments(endpoint, { timeoutMs, requestTimeoutMs }, options.signal);
	const target = typeof endpoint === "string" ? parseEndpoint(endpoint) : endpoint;
	const { signal, exited } = options;
	signal?.throwIfAborted();
	// This controller ends the polling after an exit, an abort or a success.
	const ended = new AbortController();
	const onAbort = (): void => ended.abort();
	signal?.addEventListener("abort", onAbort, { once: true });
	try {
		const healthy = poll(target, options, ended.signal);
		const result = await (exited === undefined ? healthy : Promise.race([healthy, exited]));
		if (result !== "ended" && "runtime" in result) return result;
		signal?.throwIfAborted();
		throw exitedEarlyError(target, result === "ended" ? { kind: "unknown" } : result);
	} finally {
		signal?.removeEventListener("abort", onAbort);
		ended.abort();
	}
}

/** The shortest time limit for a request, in milliseconds: a shorter limit would end a request that could succeed. */
const LAST_REQUEST_MS = 50;

async function poll(
	endpoint: EngineEndpoint,
	options: WaitOptions,
	ended: AbortSignal,
): Promise<EngineHealth | "ended"> {
	const { timeoutMs = 30_000, requestTimeoutMs = 1000, accept } = options;
	const startedAt = performance.now();
	for (let attempts = 1; ; attempts++) {
		const remainingMs = timeoutMs - (performance.now() - startedAt);
		const answer = await askEngine(endpoint, {
			timeoutMs: Math.min(requestTimeoutMs, Math.max(Math.ceil(remainingMs), LAST_REQUEST_MS)),
			signal: ended,
			portIsGuard: accept !== undefined,
		}).catch((error) => {
			if (ended.aborted) return undefined;
			throw error;
		});
		if (answer === undefined || ended.aborted) return "ended";
		if (answer.kind === "engine" && (accept === undefined || (await accept(answer.health))))
			return answer.health;
		const result: ProbeResult = answer.kind === "refused" ? { kind: "free" } : answer;
		const hopeless = hopelessAnswerError(endpoint, result, attempts);
		if (hopeless !== undefined) throw hopeless;
		const elapsedMs = performance.now() - startedAt;
		if (elapsedMs >= timeoutMs) throw timeUpError(endpoint, result, { attempts, timeoutMs });
		const paused = pause(Math.min(pollGapMs(elapsedMs), timeoutMs - elapsedMs), { signal: ended });
		// If the pause was aborted, the next request ends the wait.
		await paused.catch(() => {});
	}
}
