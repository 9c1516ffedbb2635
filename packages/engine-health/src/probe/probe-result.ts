import type { EngineHealth } from "@rivetkit/engine-core";

/** What answers at an endpoint. */
export type ProbeResult =
	/** Nobody listens: the connection was refused, and the port could be bound, unless that was not tried. */
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

/** One phrase for what was seen, for messages. */
export function describeProbe(result: ProbeResult): string {
	switch (result.kind) {
		case "engine":
			return "an engine answers, but not the one that was waited for";
		case "foreign":
			return `runtime '${result.runtime}' answers`;
		case "unhealthy":
			return `unexpected status ${result.status}`;
		case "free":
			return "connection refused";
		case "not-an-engine":
		case "unresponsive":
		case "unreachable":
			return result.reason;
	}
}
