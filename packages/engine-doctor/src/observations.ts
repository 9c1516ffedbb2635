import { setTimeout as sleep } from "node:timers/promises";
import type { EngineConfiguration, ManagedBy } from "@rivetkit/engine-config";
import type { EngineError, EnginePorts } from "@rivetkit/engine-core";
import { type ProbeResult, probeEngine } from "@rivetkit/engine-health";
import type { PortHolder } from "@rivetkit/engine-inspect";
import type { EngineRecord } from "@rivetkit/engine-instances";
import { answersAt, livingRecord } from "@rivetkit/engine-instances";
import type { EngineContext } from "@rivetkit/engine-lifecycle";
import { resolverConfiguration } from "@rivetkit/engine-lifecycle";
import type { SourcesExplained } from "@rivetkit/engine-resolver";

/** What a start would find at the endpoint. */
export type EndpointState =
	/** It is not this machine's: a start does nothing. */
	| "remote"
	/** An engine answers, and would be reused. */
	| "reusable"
	/** An engine of ours lives there and was never healthy so far: it would be waited for. */
	| "starting"
	/** Nobody listens: an engine would be started. */
	| "free"
	/** What is there, or that nothing is, would end a start. */
	| "blocked";

/** What every check goes by. */
export interface Observations {
	readonly context: EngineContext;
	readonly configuration: EngineConfiguration;
	readonly management: ManagedBy;
	/** The addresses that an engine would bind, or why none can. */
	readonly binding: EnginePorts | EngineError;
	/** What answers at the endpoint. */
	readonly answer: ProbeResult;
	/** Who listens on the guard port, where somebody does and it can be told. */
	readonly holder: PortHolder | undefined;
	/** The engine that we started on this instance, at whatever address, if it lives. */
	readonly living: EngineRecord | undefined;
	readonly standing: EndpointState;
	readonly sources: SourcesExplained;
}

/**
 * Gathers what several checks need, with one probe of the endpoint.
 *
 * @throws EngineError `invalid_option`; the signal's reason if aborted.
 */
export async function observe(context: EngineContext): Promise<Observations> {
	const { configuration, signal } = context;
	const { endpoint, layout, managedBy: management, guardPort } = configuration.target;
	const { explainSources } = await import("@rivetkit/engine-resolver");
	const look = async () =>
		await Promise.all([probeEngine(endpoint, { bindTest: false, signal }), livingRecord(layout)]);
	const [first, sources] = await Promise.all([
		look(),
		explainSources(resolverConfiguration(configuration), { signal }),
	]);
	const [answer, living] = isEnding(first, configuration) ? await pause(signal).then(look) : first;
	const isSomebody = management.kind === "managed" && answer.kind !== "free";
	const { portHolder } = await import("@rivetkit/engine-inspect");
	const awaited = living !== undefined && answersAt(living, configuration) ? living : undefined;
	return {
		context,
		configuration,
		management,
		binding: configuration.ports,
		answer,
		holder: isSomebody ? await portHolder(guardPort) : undefined,
		living,
		standing: endpointState(management, answer, awaited),
		sources,
	};
}

/** How long an engine that is being stopped is given to be gone, in milliseconds. */
const ENDING_MS = 500;

/** An engine that is being stopped closes its port first, and lives a little longer. */
function isEnding(
	[answer, living]: readonly [ProbeResult, EngineRecord | undefined],
	configuration: EngineConfiguration,
): boolean {
	if (answer.kind !== "free" || living === undefined) return false;
	return living.version !== null && answersAt(living, configuration);
}

async function pause(signal: AbortSignal | undefined): Promise<void> {
	await sleep(ENDING_MS, undefined, { signal }).catch(() => signal?.throwIfAborted());
}

/**
 * What a start would find.
 *
 * @param awaited - The living engine of ours that should answer at this endpoint.
 */
export function endpointState(
	management: ManagedBy,
	answer: ProbeResult,
	awaited: Pick<EngineRecord, "version"> | undefined,
): EndpointState {
	if (management.kind === "remote") return "remote";
	switch (answer.kind) {
		case "engine":
			return answer.health.architecture === undefined ? "reusable" : "blocked";
		case "free":
			if (awaited !== undefined) return awaited.version === null ? "starting" : "blocked";
			return management.maySpawn ? "free" : "blocked";
		case "foreign":
		case "not-an-engine":
			return "blocked";
		case "unhealthy":
		case "unresponsive":
		case "unreachable":
			return awaited?.version === null ? "starting" : "blocked";
	}
}

/** How bad it is that an engine could not be spawned: not at all, as long as one is there to be used. */
export function spawnLevel({ standing }: Pick<Observations, "standing">): "notice" | "problem" {
	return standing === "free" || standing === "blocked" ? "problem" : "notice";
}
