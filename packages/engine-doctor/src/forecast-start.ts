import type { DiagnosisArea, Finding } from "./finding.ts";
import type { Observations } from "./observations.ts";

/** The result that a start would have now. "It" is the start. */
export type StartForecast =
	/** It would use the engine that answers. */
	| { readonly kind: "reuse"; readonly endpoint: string }
	/** It would replace the running engine with another version, if the running engine may be ended. */
	| { readonly kind: "restart"; readonly endpoint: string }
	/** It would wait for an engine that is starting, and use it. */
	| { readonly kind: "join"; readonly endpoint: string; readonly pid: number | undefined }
	/** It would execute a binary. If the path is undefined, the binary is downloaded first. */
	| { readonly kind: "start"; readonly endpoint: string; readonly binary: string | undefined }
	/** It would do nothing, because the endpoint is on another machine. */
	| { readonly kind: "remote"; readonly endpoint: string }
	/** It would fail, because of the problems in these areas. */
	| { readonly kind: "fail"; readonly areas: readonly DiagnosisArea[] };

/** Derives from the findings what a start would do. */
export function forecastStart(observations: Observations, findings: readonly Finding[]): StartForecast {
	const { endpointState, sources, living, configuration } = observations;
	const areas = failingAreas(findings);
	if (areas.length > 0) return { kind: "fail", areas };
	const endpoint = configuration.endpoint.value.url;
	switch (endpointState) {
		case "remote":
			return { kind: "remote", endpoint };
		case "reusable":
			return { kind: wouldReplace(observations) ? "restart" : "reuse", endpoint };
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

/** Lists the areas that would make a start fail, each once. */
export function failingAreas(findings: readonly Finding[]): readonly DiagnosisArea[] {
	const problems = findings.filter(({ level }) => level === "problem");
	return [...new Set(problems.map(({ area }) => area))];
}

/** Returns the version of the engine that a start would run, if that version is known or requested. */
export function foreseenVersion({
	configuration,
	sources,
}: Pick<Observations, "configuration" | "sources">): string | undefined {
	const { version, onVersionMismatch } = configuration;
	if (onVersionMismatch.value === "reuse") return undefined;
	const asked = version.origin.kind === "default" ? undefined : version.value;
	return sources.outcome.kind === "binary" ? sources.outcome.binary.version : asked;
}

/** Returns whether a start would try to replace the running engine with another version. */
export function wouldReplace(observations: Observations): boolean {
	const { answer, configuration } = observations;
	const { onVersionMismatch, target } = configuration;
	if (onVersionMismatch.value !== "restart" || target.managedBy.kind === "remote") return false;
	const running = answer.kind === "engine" ? answer.health.version : undefined;
	const foreseen = foreseenVersion(observations);
	return running !== undefined && foreseen !== undefined && running !== foreseen;
}
