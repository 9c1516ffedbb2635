import type { ManagedBy } from "@rivetkit/engine-config";
import { type ProbeResult, probeVerdict } from "@rivetkit/engine-health";
import type { EngineRecord } from "@rivetkit/engine-instances";

/** The state in which a start would find the endpoint. */
export type EndpointState =
	/** The endpoint is not this machine's: a start does nothing. */
	| "remote"
	/** An engine answers, and would be reused. */
	| "reusable"
	/** An engine of ours is alive there and has not been healthy yet: a start would wait for it. */
	| "starting"
	/** Nobody listens: a start would spawn an engine. */
	| "free"
	/** A start would fail, because of a server that listens there, or because no engine does. */
	| "blocked";

/**
 * Concludes in which state a start would find the endpoint.
 *
 * @param awaited - The living engine of ours that should answer at this endpoint.
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

/** Returns the level of a finding that keeps an engine from being spawned: no problem while an engine can be used. */
export function spawnLevel({
	endpointState,
}: {
	readonly endpointState: EndpointState;
}): "notice" | "problem" {
	return endpointState === "free" || endpointState === "blocked" ? "problem" : "notice";
}
