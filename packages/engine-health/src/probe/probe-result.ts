import type { EngineHealth } from "@rivetkit/engine-core";

/** Result of a probe: the kind of server at an endpoint. */
export type ProbeResult =
	/** The connection was refused, and the bind test succeeded or was skipped: no server is there. */
	| { readonly kind: "free" }
	| { readonly kind: "engine"; readonly health: EngineHealth }
	/** A Rivet runtime that is not the engine, such as `rivetkit`; `unknown` if the answer has no runtime name. */
	| { readonly kind: "foreign"; readonly runtime: string }
	/** A 5xx status, perhaps from a proxy in front of an engine that is starting. */
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
