import type { EngineHealth } from "@rivetkit/engine-core";
import { describeProbe, type ProbeResult } from "./probe-result.ts";

/** The class of a probe's result. */
export type ProbeVerdict =
	/** An engine could be started at the endpoint. */
	| { readonly kind: "free" }
	| { readonly kind: "engine"; readonly health: EngineHealth }
	/** Another server than an engine is at the endpoint. */
	| {
			readonly kind: "occupied";
			readonly answer: Extract<ProbeResult, { readonly kind: "foreign" | "not-an-engine" }>;
			/** A phrase of `describeProbe`. */
			readonly reason: string;
			/** False if a proxy before an engine could have given the answer, such as a 404. */
			readonly isCertain: boolean;
	  }
	/** An engine that is starting, busy or ending may be at the endpoint. */
	| {
			readonly kind: "undecided";
			readonly answer: Extract<ProbeResult, { readonly kind: "unhealthy" | "unresponsive" | "unreachable" }>;
			/** A phrase of `describeProbe`. */
			readonly reason: string;
	  };

/** Puts a result into its class. Pure. */
export function probeVerdict(answer: ProbeResult): ProbeVerdict {
	switch (answer.kind) {
		case "free":
			return { kind: "free" };
		case "engine":
			return { kind: "engine", health: answer.health };
		case "foreign":
			return { kind: "occupied", answer, reason: describeProbe(answer), isCertain: true };
		case "not-an-engine": {
			const isCertain = answer.status !== undefined && answer.status < 300;
			return { kind: "occupied", answer, reason: describeProbe(answer), isCertain };
		}
		case "unhealthy":
		case "unresponsive":
		case "unreachable":
			return { kind: "undecided", answer, reason: describeProbe(answer) };
	}
}
