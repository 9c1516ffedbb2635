import type { EngineConfiguration } from "@rivetkit/engine-config";
import {
	type EngineEndpoint,
	EngineError,
	type EngineHealth,
	pause,
	portOccupiedError,
	requireKnownOptions,
} from "@rivetkit/engine-core";
import { type ProbeVerdict, probeEngine, probeVerdict } from "@rivetkit/engine-health";
import type { PortHolder } from "@rivetkit/engine-inspect";
import {
	type EngineRecord,
	judgeRecord,
	type ReadRecord,
	type ReadRecords,
	readRecords,
} from "@rivetkit/engine-instances";
import type { EngineContext } from "../context.ts";

/** Between two probes of an endpoint whose answer is undecided, in milliseconds. */
const UNDECIDED_GAP_MS = 250;

/** An engine that answers, and the records of the instance that it should belong to. */
export interface FoundEngine {
	readonly health: EngineHealth;
	readonly records: ReadRecords;
}

/**
 * Finds the engine that answers at the endpoint; undefined if the endpoint is free. With `bindTest` a free endpoint
 * is confirmed by binding its port. A caller that sets `bindTest` must have the start locks: otherwise the engine of
 * another host could find the port taken. After an undecided answer (a timeout, a 5xx) the endpoint is asked again
 * until the start's time limit, unless the process that holds the port is certainly no engine.
 *
 * @throws EngineError `port_occupied`, `ports_in_use`, `endpoint_unresponsive`, `engine_unsupported`; the signal's
 * reason if aborted.
 */
export async function findRunningEngine(
	context: EngineContext,
	options: { readonly bindTest: boolean },
): Promise<FoundEngine | undefined> {
	requireKnownOptions(options, { bindTest: true });
	const { bindTest } = options;
	const { configuration, emit, signal } = context;
	const endpoint = configuration.endpoint.value;
	emit({ kind: "probing", endpoint: endpoint.url });
	const deadline = performance.now() + configuration.startTimeoutMs.value;
	for (;;) {
		// Read again each time: another host may have started an engine since.
		const records = await readRecords(configuration.target.layout);
		const portIsGuard = await wasProvenGuard(records.recorded, configuration);
		const verdict = probeVerdict(await probeEngine(endpoint, { portIsGuard, bindTest, signal }));
		switch (verdict.kind) {
			case "free":
				return undefined;
			case "engine":
				return { health: requireSupportedVersion(verdict.health, endpoint.url), records };
			case "occupied":
				throw await occupiedError(endpoint, verdict.answer);
			case "undecided":
				await pauseUndecided(context, verdict, deadline);
		}
	}
}

/**
 * Checks that an engine is of version 2. Engines of version 3 announce an architecture, and store their data in
 * another format.
 *
 * @throws EngineError `engine_unsupported`
 */
export function requireSupportedVersion(health: EngineHealth, endpoint: string): EngineHealth {
	if (health.architecture === undefined) return health;
	const version = health.version ?? "of unknown version";
	throw new EngineError(
		"engine_unsupported",
		`The engine at '${endpoint}' is ${version} with architecture '${health.architecture}', which this package cannot manage yet.`,
		{ metadata: { endpoint, version, hint: "Use another port or an engine of version 2." } },
	);
}

/** Returns true if the engine that we started here was seen to hold this port as its guard port. */
async function wasProvenGuard(
	recorded: ReadRecord<EngineRecord>,
	configuration: EngineConfiguration,
): Promise<boolean> {
	const record = await judgeRecord(recorded, configuration.target.layout);
	return record?.ports.guard === configuration.target.guardPort && record.version !== null;
}

type Verdict<Kind extends ProbeVerdict["kind"]> = Extract<ProbeVerdict, { readonly kind: Kind }>;

async function pauseUndecided(
	context: EngineContext,
	{ answer, reason }: Verdict<"undecided">,
	deadline: number,
): Promise<void> {
	const { configuration, emit, signal } = context;
	const endpoint = configuration.endpoint.value;
	const holder = await holderOf(endpoint.port);
	emit({ kind: "undecided", reason, holder });
	if (performance.now() + UNDECIDED_GAP_MS >= deadline) throw unresponsiveError(endpoint.url, reason, holder);
	await pause(UNDECIDED_GAP_MS, { signal });
	// A 5xx may come from a proxy in front of an engine that is starting: only silence is judged by the port's holder.
	if (answer.kind !== "unresponsive" || holder === undefined) return;
	const { recorded, rivetkit } = await readRecords(configuration.target.layout);
	const pids = [
		recorded.kind === "present" ? recorded.record.identity.pid : undefined,
		rivetkit.kind === "present" ? rivetkit.record.pid : undefined,
	];
	const { executesEngine, portsInUseError } = await import("@rivetkit/engine-inspect");
	if (executesEngine(holder) || pids.includes(holder.pid)) return;
	// Another host that tests the port holds it only for a moment.
	if ((await holderOf(endpoint.port))?.pid !== holder.pid) return;
	throw portsInUseError(
		[{ role: "guard", host: endpoint.host, port: endpoint.port, code: "EADDRINUSE", holder }],
		reason,
	);
}

async function occupiedError(
	endpoint: EngineEndpoint,
	answer: Verdict<"occupied">["answer"],
): Promise<EngineError<"port_occupied">> {
	const cure = hint(endpoint.port, await holderOf(endpoint.port));
	if (answer.kind === "foreign") return portOccupiedError(endpoint, answer.runtime, { hint: cure });
	const { reason } = answer;
	return portOccupiedError(endpoint, "unknown", { reason, hint: `${capitalised(reason)}. ${cure}` });
}

function unresponsiveError(
	endpoint: string,
	reason: string,
	holder: PortHolder | undefined,
): EngineError<"endpoint_unresponsive"> {
	const who = holder === undefined ? "Something" : `'${holder.name}' (pid ${holder.pid})`;
	return new EngineError(
		"endpoint_unresponsive",
		`${who} holds '${endpoint}' but does not answer as an engine would: ${reason}.`,
		{
			metadata: {
				endpoint,
				reason,
				holder,
				hint: "Stop that process, give it more time with `startTimeoutMs`, or choose another port with `bindPort`.",
			},
		},
	);
}

async function holderOf(port: number): Promise<PortHolder | undefined> {
	const { portHolder } = await import("@rivetkit/engine-inspect");
	return await portHolder(port);
}

function hint(port: number, holder: PortHolder | undefined): string {
	const who = holder === undefined ? "" : `Port ${port} is held by '${holder.name}' (pid ${holder.pid}). `;
	return `${who}Stop it, or choose another port with \`bindPort\`.`;
}

function capitalised(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
