import { type EngineEndpoint, parseEndpoint, requireKnownOptions } from "@rivetkit/engine-core";
import { httpGet } from "../probe/http-get.ts";
import type { ProbeOptions } from "../probe/probe.ts";
import { requireArguments } from "../require-arguments.ts";

/** Result of a test whether an engine can read its database. */
export type DatabaseProbeResult =
	| { readonly kind: "answers" }
	/** The engine requires a token, or another token than the one that was sent. */
	| { readonly kind: "unauthorized" }
	| { readonly kind: "failing"; readonly reason: string };

/** How to test an engine's database. */
export interface DatabaseProbeOptions extends Pick<ProbeOptions, "timeoutMs" | "signal"> {
	/** The engine's admin token; an empty text sends no token. @defaultValue the endpoint's token, if it has one */
	readonly token?: string | undefined;
}

const DATABASE_PROBE_OPTIONS: Readonly<Record<keyof DatabaseProbeOptions, true>> = {
	timeoutMs: true,
	signal: true,
	token: true,
};

/**
 * Requests `GET <endpoint>/namespaces`, for which the engine reads its database; `/health` answers 200 even without a
 * database. The token, also from an endpoint like `http://namespace:token@host`, is sent as a Bearer token. No other
 * function sends the token.
 *
 * @throws EngineError `invalid_endpoint`; `invalid_option`; the signal's reason if aborted.
 */
export async function probeDatabase(
	endpoint: string | EngineEndpoint,
	options: DatabaseProbeOptions = {},
): Promise<DatabaseProbeResult> {
	requireKnownOptions(options, DATABASE_PROBE_OPTIONS);
	requireArguments(endpoint, { timeoutMs: options.timeoutMs }, options.signal);
	const target = typeof endpoint === "string" ? parseEndpoint(endpoint) : endpoint;
	const token = options.token ?? target.credentials?.token;
	const headers = token === undefined || token === "" ? {} : { authorization: `Bearer ${token}` };
	let result: DatabaseProbeResult = { kind: "failing", reason: "connection refused" };
	for (const address of target.probeHosts) {
		const answer = await httpGet({
			endpoint: target,
			address,
			path: "/namespaces",
			timeoutMs: options.timeoutMs ?? 1000,
			signal: options.signal,
			headers,
		});
		switch (answer.kind) {
			case "response":
			case "too-large":
				if (answer.status >= 200 && answer.status < 300) return { kind: "answers" };
				if (answer.status === 401 || answer.status === 403) return { kind: "unauthorized" };
				return { kind: "failing", reason: `unexpected status ${answer.status}` };
			case "timeout":
				return { kind: "failing", reason: answer.reason };
			case "failed":
				result = { kind: "failing", reason: answer.error.message };
		}
	}
	return result;
}
