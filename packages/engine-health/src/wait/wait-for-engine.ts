import {
	describeExit,
	type EngineEndpoint,
	EngineError,
	type EngineHealth,
	type ExitStatus,
	parseEndpoint,
	pause,
	portOccupiedError,
} from "@rivetkit/engine-core";
import { askEngine } from "../probe/probe.ts";
import { describeProbe, type ProbeResult } from "../probe/probe-result.ts";
import { probeVerdict } from "../probe/probe-verdict.ts";
import { pollGapMs } from "./poll-gap.ts";

/** The codes that {@link waitForEngine} throws. */
export type EngineHealthErrorCode = "health_check_failed" | "invalid_endpoint" | "port_occupied";

/** How long to wait, and what ends the wait early. */
export interface WaitOptions {
	/** @defaultValue 30000 */
	readonly timeoutMs?: number;
	/** Limit for one request. @defaultValue 1000 */
	readonly requestTimeoutMs?: number;
	/** Resolves when the process that is waited for has ended, which ends the wait at once. */
	readonly exited?: Promise<ExitStatus> | undefined;
	/**
	 * Asked about every engine that answers; `false` keeps waiting. For telling the engine that one
	 * started from another that was faster. Whether the port is the guard's is then the caller's to tell, too.
	 */
	readonly accept?: ((health: EngineHealth) => boolean | Promise<boolean>) | undefined;
	readonly signal?: AbortSignal | undefined;
}

/**
 * Waits until an engine answers at the endpoint.
 *
 * @throws EngineError `health_check_failed` when time is up, when `exited` resolves (its status is
 * `metadata.exit`), or at once for a 2xx that is no engine's; `port_occupied` at once for another
 * runtime; `invalid_endpoint`; the signal's reason if aborted.
 */
export async function waitForEngine(
	endpoint: string | EngineEndpoint,
	options: WaitOptions = {},
): Promise<EngineHealth> {
	const target = typeof endpoint === "string" ? parseEndpoint(endpoint) : endpoint;
	const { signal, exited } = options;
	signal?.throwIfAborted();
	// One controller ends the polling, whichever of exit, abort and success comes first.
	const ended = new AbortController();
	const onAbort = (): void => ended.abort();
	signal?.addEventListener("abort", onAbort, { once: true });
	try {
		const healthy = poll(target, options, ended.signal);
		const result = await (exited === undefined ? healthy : Promise.race([healthy, exited]));
		if (result !== "ended" && "runtime" in result) return result;
		signal?.throwIfAborted();
		throw exitedEarly(result === "ended" ? { kind: "unknown" } : result);
	} finally {
		signal?.removeEventListener("abort", onAbort);
		ended.abort();
	}
}

/** What the last request gets even if time is nearly up, so that its result means something. */
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
		const hopeless = hopelessAnswer(endpoint, result, attempts);
		if (hopeless !== undefined) throw hopeless;
		const elapsedMs = performance.now() - startedAt;
		if (elapsedMs >= timeoutMs) throw healthCheckFailed(attempts, describeProbe(result), { timeoutMs });
		const paused = pause(Math.min(pollGapMs(elapsedMs), timeoutMs - elapsedMs), { signal: ended });
		// The next request tells that the wait has ended.
		await paused.catch(() => {});
	}
}

function hopelessAnswer(
	endpoint: EngineEndpoint,
	result: ProbeResult,
	attempts: number,
): EngineError | undefined {
	const verdict = probeVerdict(result);
	if (verdict.kind !== "occupied" || !verdict.isCertain) return undefined;
	const { answer, reason } = verdict;
	return answer.kind === "foreign"
		? portOccupiedError(endpoint, answer.runtime)
		: healthCheckFailed(attempts, reason);
}

function healthCheckFailed(
	attempts: number,
	reason: string,
	metadata: Readonly<Record<string, unknown>> = {},
): EngineError<"health_check_failed"> {
	return new EngineError(
		"health_check_failed",
		`Engine health check failed after ${attempts} attempts: ${reason}`,
		{
			metadata: { attempts, reason, ...metadata },
		},
	);
}

function exitedEarly(exit: ExitStatus): EngineError<"health_check_failed"> {
	return new EngineError(
		"health_check_failed",
		`engine process exited before becoming healthy with status ${describeExit(exit)}`,
		{ metadata: { exit } },
	);
}
