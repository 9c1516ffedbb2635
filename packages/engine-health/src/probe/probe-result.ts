import type { EngineHealth } from "@rivetkit/engine-core";

/** Result of a probe: the kind of server at an endpoint. */
export type ProbeResult =
	/** The connection was refused, and the bind test succeeded or was left out: no server is there. */
	| { readonly kind: "free" }
	| { readonly kind: "engine"; readonly health: EngineHealth }
	/** Another Rivet runtime than the engine, such as `rivetkit`; `unknown` if it does not name itself. */
	| { readonly kind: "foreign"; readonly runtime: string }
	/** A 5xx: perhaps from a proxy before an engine that is starting. */
	| { readonly kind: "unhealthy"; readonly status: number }
	| { readonly kind: "not-an-engine"; readonly status: number | undefined; readonly reason: string }
	/** A process holds the port and did not answer in time. */
	| { readonly kind: "unresponsive"; readonly reason: string }
	| { readonly kind: "unreachable"; readonly reason: string };

/** Describes the result in a phrase for messages. */
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
