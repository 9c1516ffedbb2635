import type { DiagnosisArea, Finding } from "./finding.ts";
import { wouldReplace } from "./foreseen-version.ts";
import type { Observations } from "./observations.ts";

/** What a start would do now. */
export type StartForecast =
	/** Use the engine that answers. */
	| { readonly kind: "reuse"; readonly endpoint: string }
	/** Have one of another version take its place, as the options say, if that one may be ended. */
	| { readonly kind: "restart"; readonly endpoint: string }
	/** Wait for an engine that is being started, and use it. */
	| { readonly kind: "join"; readonly endpoint: string; readonly pid: number | undefined }
	/** Execute a binary; it is downloaded first if its path is undefined. */
	| { readonly kind: "start"; readonly endpoint: string; readonly binary: string | undefined }
	/** Nothing: the endpoint is not this machine's. */
	| { readonly kind: "remote"; readonly endpoint: string }
	/** Fail, by the problems of these areas. */
	| { readonly kind: "fail"; readonly areas: readonly DiagnosisArea[] };

/** Concludes from what was found what a start would do. */
export function forecastStart(situation: Observations, findings: readonly Finding[]): StartForecast {
	const { standing, sources, living, configuration } = situation;
	const areas = failingAreas(findings);
	if (areas.length > 0) return { kind: "fail", areas };
	const endpoint = configuration.endpoint.value.url;
	switch (standing) {
		case "remote":
			return { kind: "remote", endpoint };
		case "reusable":
			return { kind: wouldReplace(situation) ? "restart" : "reuse", endpoint };
		case "starting":
			return { kind: "join", endpoint, pid: living?.identity.pid };
		case "blocked":
			return { kind: "fail", areas: ["endpoint"] };
		case "free": {
			const { outcome } = sources;
			return {
				kind: "start",
				endpoint,
				binary: outcome.kind === "binary" ? outcome.binary.path : undefined,
			};
		}
	}
}

/** The areas in which something would make a start fail, each once. */
export function failingAreas(findings: readonly Finding[]): readonly DiagnosisArea[] {
	const problems = findings.filter(({ level }) => level === "problem");
	return [...new Set(problems.map(({ area }) => area))];
}
