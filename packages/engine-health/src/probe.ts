import { type EngineEndpoint, type EngineHealth, parseEndpoint } from "@rivetkit/engine-core";
import { bindsFreely } from "./bind-test.ts";
import { classifyApiPeer, classifyHealthAnswer } from "./classify.ts";
import { type HttpAnswer, httpGet } from "./http-get.ts";

/** What answers at an endpoint. */
export type ProbeResult =
	/** Nobody listens: the connection was refused, and the port could be bound. */
	| { readonly kind: "free" }
	| { readonly kind: "engine"; readonly health: EngineHealth }
	/** A Rivet runtime that is not the engine, such as `rivetkit`; `unknown` where it does not say which. */
	| { readonly kind: "foreign"; readonly runtime: string }
	/** A 5xx: perhaps an engine that is starting behind a proxy. */
	| { readonly kind: "unhealthy"; readonly status: number }
	| { readonly kind: "not-an-engine"; readonly status: number | undefined; readonly reason: string }
	/** Somebody holds the port and did not answer in time. */
	| { readonly kind: "unresponsive"; readonly reason: string }
	| { readonly kind: "unreachable"; readonly reason: string };

/** How to probe. */
export interface ProbeOptions {
	/** Limit for each address, in milliseconds. @defaultValue 1000 */
	readonly timeoutMs?: number;
	/** Ends the probe; it then rejects with the signal's reason. */
	readonly signal?: AbortSignal | undefined;
}

/**
 * Asks `GET <endpoint>/health` once and says what answers there. Whatever a server does is a result,
 * not an error. `localhost` is asked at 127.0.0.1 and then at ::1, unspecified addresses at loopback.
 *
 * @throws EngineError `invalid_endpoint`; the signal's reason if aborted.
 */
export async function probeEngine(
	endpoint: string | EngineEndpoint,
	options: ProbeOptions = {},
): Promise<ProbeResult> {
	const target = typeof endpoint === "string" ? parseEndpoint(endpoint) : endpoint;
	const answer = await askEngine(target, { ...options, guardCheck: "together" });
	if (answer.kind !== "refused") return answer;
	if (target.reach === "other") return { kind: "unreachable", reason: "connection refused" };
	const host = target.probeHosts[0] ?? target.host;
	if (await bindsFreely(host, target.port)) return { kind: "free" };
	return { kind: "unresponsive", reason: "it refuses connections, yet something holds the port" };
}

/** A {@link ProbeResult} before it is known whether a port that refuses connections could be bound. */
export type Answer = Exclude<ProbeResult, { kind: "free" }> | { readonly kind: "refused" };

/** How to ask. */
export interface AskOptions extends ProbeOptions {
	/**
	 * When to ask whether the port is the guard's: together with the first question, which is quicker, since
	 * each answer of an engine takes some milliseconds; after it, which spares a stranger the second one;
	 * or not at all, where the caller tells by other means.
	 */
	readonly guardCheck: "together" | "afterwards" | "none";
}

/**
 * The part of a probe that touches nothing but the server. Waiting uses it alone, because a bind test
 * could take the port from the very engine that is about to bind it.
 */
export async function askEngine(endpoint: EngineEndpoint, options: AskOptions): Promise<Answer> {
	let answer: Answer = { kind: "refused" };
	for (const [index, address] of endpoint.probeHosts.entries()) {
		answer = await askAt(endpoint, address, options);
		// A machine without IPv6 cannot reach ::1, which says nothing about 127.0.0.1.
		if (index > 0 && answer.kind === "unreachable") return { kind: "refused" };
		if (answer.kind !== "refused") return answer;
	}
	return answer;
}

async function askAt(endpoint: EngineEndpoint, address: string, options: AskOptions): Promise<Answer> {
	const { timeoutMs = 1000, signal, guardCheck } = options;
	const request = { endpoint, address, timeoutMs };
	const health = httpGet({ ...request, path: "/health", signal });
	const decided = new AbortController();
	const askMetadata = async (): Promise<HttpAnswer | undefined> => {
		const ended = AbortSignal.any(signal === undefined ? [decided.signal] : [decided.signal, signal]);
		return await httpGet({ ...request, path: "/metadata", signal: ended }).catch(() => undefined);
	};
	const early = guardCheck === "together" ? askMetadata() : undefined;
	try {
		const answer = classifyHealthAnswer(await health);
		if (answer.kind !== "engine" || guardCheck === "none") return answer;
		// The api-peer port gives the same answer to /health as the guard; only the guard has /metadata.
		const metadata = await (early ?? askMetadata());
		signal?.throwIfAborted();
		return (metadata && classifyApiPeer(metadata)) ?? answer;
	} finally {
		decided.abort();
	}
}
