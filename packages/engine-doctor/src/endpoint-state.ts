import type { ManagedBy } from "@rivetkit/engine-config";
import { type ProbeResult, probeVerdict } from "@rivetkit/engine-health";
import type { EngineRecord } from "@rivetkit/engine-instances";

/** The state of the endpoint from the view of a start. */
export type EndpointState =
	/** The endpoint is on another machine: a start does nothing. */
	| "remote"
	/** An engine answers, and would be reused. */
	| "reusable"
	/** An engine that we started is alive and has not been healthy yet: a start would wait for that engine. */
	| "starting"
	/** Nobody listens: a start would spawn an engine. */
	| "free"
	/** A start would fail, because another server listens, or because no engine listens and none may be started. */
	| "blocked";

/**
 * Returns the state of the endpoint.
 *
 * @param awaited - The living engine that we started and that should answer at this endpoint.
 */
export function endpointState(
	managedBy: ManagedBy,
	answer: ProbeResult,
	awaited: Pick<EngineRecord, "version"> | undefined,
): EndpointState {
	if (managedBy.kind === "remote") return "remote";
	const verdict = probeVerdict(answer);
	switch (verdict.kind) {
		case "engine":
			return verdict.health.architecture === undefined ? "reusable" : "blocked";
		case "free":
			if (awaited !== undefined) return awaited.version === null ? "starting" : "blocked";
			return managedBy.maySpawn ? "free" : "blocked";
		case "occupied":
			return "blocked";
		case "undecided":
			return awaited?.version === null ? "starting" : "blocked";
	}
}

/** Returns the level of a finding that prevents a spawn. It is no problem while a running engine can be used. */
export function spawnLevel({
	endpointState,
}: {
	readonly endpointState: EndpointState;
}): "notice" | "problem" {
	return endpointState === "free" || endpointState === "blocked" ? "problem" : "notice";
}
