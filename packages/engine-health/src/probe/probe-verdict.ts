import type { EngineHealth } from "@rivetkit/engine-core";
import { describeProbe, type ProbeResult } from "./probe-result.ts";

/** The meaning of a probe's result for a start. */
export type ProbeVerdict =
	/** An engine could be started at the endpoint. */
	| { readonly kind: "free" }
	| { readonly kind: "engine"; readonly health: EngineHealth }
	/** A server that is not an engine is at the endpoint. */
	| {
			readonly kind: "occupied";
			readonly answer: Extract<ProbeResult, { readonly kind: "foreign" | "not-an-engine" }>;
			/** A phrase from `describeProbe`. */
			readonly reason: string;
			/** False if the answer, such as a 404, could come from a proxy in front of an engine. */
			readonly isCertain: boolean;
	  }
	/** The endpoint may have an engine that is starting, busy or ending. */
	| {
			readonly kind: "undecided";
			readonly answer: Extract<ProbeResult, { readonly kind: "unhealthy" | "unresponsive" | "unreachable" }>;
			/** A phrase from `describeProbe`. */
			readonly reason: string;
	  };

/** Finds the verdict for a result. Pure. */
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
