import { type EngineEndpoint, parseEndpoint, requireKnownOptions } from "@rivetkit/engine-core";
import { requireArguments } from "../require-arguments.ts";
import { bindsFreely } from "./binds-freely.ts";
import { type Answer, classifyApiPeer, classifyHealthAnswer } from "./classify.ts";
import { httpGet } from "./http-get.ts";
import type { ProbeResult } from "./probe-result.ts";

/** How to probe an endpoint. */
export interface ProbeOptions {
	/** The time limit for each request, in milliseconds. @defaultValue 1000 */
	readonly timeoutMs?: number | undefined;
	/**
	 * True if the caller knows that the port is an engine's guard. Otherwise a second request is sent to an engine, since
	 * its api-peer port answers `/health` in the same way. @defaultValue false
	 */
	readonly portIsGuard?: boolean | undefined;
	/**
	 * True if a refused connection is confirmed by binding the port for a moment. If false, a refused connection counts as
	 * `free` at once: a caller that probes repeatedly must not take the port from an engine that is about to bind it.
	 * @defaultValue true
	 */
	readonly bindTest?: boolean | undefined;
	/** Ends the probe; it then rejects with the signal's reason. */
	readonly signal?: AbortSignal | undefined;
}

const PROBE_OPTIONS: Readonly<Record<keyof ProbeOptions, true>> = {
	timeoutMs: true,
	portIsGuard: true,
	bindTest: true,
	signal: true,
};

/**
 * Requests `GET <endpoint>/health` and finds out which kind of server answers. Everything that a server can do is a
 * result, not an error. `localhost` is tried at 127.0.0.1 and then at ::1, an unspecified address at loopback.
 *
 * @throws EngineError `invalid_endpoint`; `invalid_option`; the signal's reason if aborted.
 */
export async function probeEngine(
	endpoint: string | EngineEndpoint,
	options: ProbeOptions = {},
): Promise<ProbeResult> {
	requireKnownOptions(options, PROBE_OPTIONS);
	requireArguments(endpoint, { timeoutMs: options.timeoutMs }, options.signal);
	const target = typeof endpoint === "string" ? parseEndpoint(endpoint) : endpoint;
	const answer = await askEngine(target, options);
	if (answer.kind !== "refused") return answer;
	if (target.reach === "other") return { kind: "unreachable", reason: "connection refused" };
	const host = target.probeHosts[0] ?? target.host;
	if (options.bindTest === false || (await bindsFreely(host, target.port))) return { kind: "free" };
	return { kind: "unresponsive", reason: "it refuses connections, yet something holds the port" };
}

/**
 * Probes without the bind test. A wait uses only this function, since a bind test could take the port from the engine that
 * is about to bind it.
 */
export async function askEngine(endpoint: EngineEndpoint, options: ProbeOptions): Promise<Answer> {
	let answer: Answer = { kind: "refused" };
	for (const [index, address] of endpoint.probeHosts.entries()) {
		answer = await askAt(endpoint, address, options);
		// A machine without IPv6 cannot reach ::1, which means nothing for 127.0.0.1.
		if (index > 0 && answer.kind === "unreachable") return { kind: "refused" };
		if (answer.kind !== "refused") return answer;
	}
	return answer;
}

async function askAt(endpoint: EngineEndpoint, address: string, options: ProbeOptions): Promise<Answer> {
	const request = { endpoint, address, timeoutMs: options.timeoutMs ?? 1000, signal: options.signal };
	const answer = classifyHealthAnswer(await httpGet({ ...request, path: "/health" }));
	if (answer.kind !== "engine" || options.portIsGuard === true) return answer;
	// The api-peer port gives the same answer to /health as the guard; only the guard has /metadata.
	return classifyApiPeer(await httpGet({ ...request, path: "/metadata" })) ?? answer;
}
