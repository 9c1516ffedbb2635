import {
	describeExit,
	type EngineEndpoint,
	EngineError,
	type ExitStatus,
	portOccupiedError,
} from "@rivetkit/engine-core";
import { describeProbe, type ProbeResult } from "../probe/probe-result.ts";
import { probeVerdict } from "../probe/probe-verdict.ts";

const NOT_A_GUARD =
	"Check that this endpoint is the guard port of an engine. If another program has the port, stop it or choose another port.";

/** Makes the error for a wait whose time is up, with the last answer as its reason. */
export function timeUpError(
	endpoint: EngineEndpoint,
	result: ProbeResult,
	{ attempts, timeoutMs }: { readonly attempts: number; readonly timeoutMs: number },
): EngineError<"health_check_failed"> {
	return healthCheckFailedError(endpoint, attempts, describeProbe(result), {
		timeoutMs,
		hint: hintFor(result),
	});
}

/** Makes the error for an answer that makes further waiting useless; undefined for every other answer. */
export function hopelessAnswerError(
	endpoint: EngineEndpoint,
	result: ProbeResult,
	attempts: number,
): EngineError<"health_check_failed" | "port_occupied"> | undefined {
	const verdict = probeVerdict(result);
	if (verdict.kind !== "occupied" || !verdict.isCertain) return undefined;
	const { answer, reason } = verdict;
	return answer.kind === "foreign"
		? portOccupiedError(endpoint, answer.runtime, { hint: NOT_A_GUARD })
		: healthCheckFailedError(endpoint, attempts, reason, { hint: NOT_A_GUARD });
}

/** Makes the error for an engine whose process has ended before it answered. */
export function exitedEarlyError(
	endpoint: EngineEndpoint,
	exit: ExitStatus,
): EngineError<"health_check_failed"> {
	return new EngineError(
		"health_check_failed",
		`engine process exited before becoming healthy with status ${describeExit(exit)}`,
		{
			metadata: {
				endpoint: endpoint.url,
				exit,
				hint: "Read what the engine wrote to its standard output and error, then start it again.",
			},
		},
	);
}

function healthCheckFailedError(
	endpoint: EngineEndpoint,
	attempts: number,
	reason: string,
	metadata: Readonly<Record<string, unknown>>,
): EngineError<"health_check_failed"> {
	return new EngineError(
		"health_check_failed",
		`Engine health check failed after ${attempts} attempts: ${reason}`,
		{ metadata: { endpoint: endpoint.url, attempts, reason, ...metadata } },
	);
}

function hintFor(result: ProbeResult): string {
	switch (result.kind) {
		case "free":
			return "Start an engine at this endpoint, or correct the endpoint.";
		case "engine":
			return "Stop the other engine, or choose another port.";
		case "unhealthy":
		case "unresponsive":
			return "Read the engine's log, or wait longer with `timeoutMs`.";
		case "unreachable":
			return "Correct the endpoint, or check the network to it.";
		case "foreign":
		case "not-an-engine":
			return NOT_A_GUARD;
	}
}
