import type { EngineConfiguration } from "@rivetkit/engine-config";
import { pause } from "@rivetkit/engine-core";
import { type ProbeResult, probeEngine } from "@rivetkit/engine-health";
import type { PortHolder } from "@rivetkit/engine-inspect";
import type { EngineRecord } from "@rivetkit/engine-instances";
import { answersAt, livingRecord } from "@rivetkit/engine-instances";
import type { EngineContext } from "@rivetkit/engine-lifecycle";
import { resolverConfiguration } from "@rivetkit/engine-lifecycle";
import type { SourcesExplained } from "@rivetkit/engine-resolver";
import { type EndpointState, endpointState } from "./endpoint-state.ts";

/** Facts that several checks need, gathered once. */
export interface Observations {
	readonly context: EngineContext;
	readonly configuration: EngineConfiguration;
	/** The answer at the endpoint. */
	readonly answer: ProbeResult;
	/** The process that listens on the guard port; undefined if there is none, or if it is unknown. */
	readonly holder: PortHolder | undefined;
	/** The living engine that we have started on this instance, at any address. */
	readonly living: EngineRecord | undefined;
	readonly endpointState: EndpointState;
	readonly sources: SourcesExplained;
}

/**
 * Gathers the facts that several checks need, with one probe of the endpoint.
 *
 * @throws EngineError `invalid_option`; the signal's reason if aborted.
 */
export async function observe(context: EngineContext): Promise<Observations> {
	const { configuration, signal } = context;
	const { endpoint, layout, managedBy, guardPort } = configuration.target;
	const { explainSources } = await import("@rivetkit/engine-resolver");
	const look = async () =>
		await Promise.all([probeEngine(endpoint, { bindTest: false, signal }), livingRecord(layout)]);
	const [first, sources] = await Promise.all([
		look(),
		explainSources(resolverConfiguration(configuration), { signal }),
	]);
	const [answer, living] = isEnding(first, configuration)
		? await pause(ENDING_MS, { signal }).then(look)
		: first;
	const isSomebody = managedBy.kind === "managed" && answer.kind !== "free";
	const { portHolder } = await import("@rivetkit/engine-inspect");
	const awaited = living !== undefined && answersAt(living, configuration) ? living : undefined;
	return {
		context,
		configuration,
		answer,
		holder: isSomebody ? await portHolder(guardPort) : undefined,
		living,
		endpointState: endpointState(managedBy, answer, awaited),
		sources,
	};
}

/** The time to wait for an engine that may be ending, in milliseconds. */
const ENDING_MS = 500;

/** Returns whether an engine seems to be ending: an engine first closes its port, and ends a little later. */
function isEnding(
	[answer, living]: readonly [ProbeResult, EngineRecord | undefined],
	configuration: EngineConfiguration,
): boolean {
	if (answer.kind !== "free" || living === undefined) return false;
	return living.version !== null && answersAt(living, configuration);
}
