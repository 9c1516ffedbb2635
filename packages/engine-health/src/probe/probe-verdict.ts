import type { EngineHealth } from "@rivetkit/engine-core";
import { describeProbe, type ProbeResult } from "./probe-result.ts";

/** What a probe says about an endpoint: the class of its answer. */
export type ProbeVerdict =
	/** An engine could be started there. */
	| { readonly kind: "free" }
	| { readonly kind: "engine"; readonly health: EngineHealth }
	/** Another server than an engine is there. */
	| {
			readonly kind: "occupied";
			readonly answer: Extract<ProbeResult, { readonly kind: "foreign" | "not-an-engine" }>;
			/** One phrase, as of `describeProbe`. */
			readonly reason: string;
			/** False if a proxy before an engine could have given the answer, as any status but a success. */
			readonly isCertain: boolean;
	  }
	/** An engine may be there that is starting, busy or ending. */
	| {
			readonly kind: "undecided";
			readonly answer: Extract<ProbeResult, { readonly kind: "unhealthy" | "unresponsive" | "unreachable" }>;
			/** One phrase, as of `describeProbe`. */
			readonly reason: string;
	  };

/** Says what class an answer is in. Pure. */
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
