import { setTimeout as sleep } from "node:timers/promises";
import type { EngineConfiguration } from "@rivetkit/engine-config";
import { EngineError, type EngineHealth, portOccupiedError } from "@rivetkit/engine-core";
import { describeProbe, type ProbeResult, probeEngine } from "@rivetkit/engine-health";
import type { PortHolder } from "@rivetkit/engine-inspect";
import { executesEngine, portsInUseError } from "@rivetkit/engine-inspect";
import type { Stamps } from "@rivetkit/engine-instances";
import { type EngineRecord, judgeRecord, type ReadRecord, readRecords } from "@rivetkit/engine-instances";
import type { EngineContext } from "../context.ts";

/** Between two probes of something that has not decided yet, in milliseconds. */
const UNDECIDED_GAP_MS = 250;

/** An engine that answers, and what is recorded of the instance that it should be. */
export interface FoundEngine {
	readonly health: EngineHealth;
	readonly stamps: Stamps;
}

/**
 * The engine that answers at the endpoint, or undefined if the endpoint is free. That is confirmed by binding
 * the port only where told so: an engine that another host is starting must not find it taken. Undecided answers (a
 * timeout, a 5xx) are asked again until the start's time limit, unless what holds the port is
 * certain not to be an engine.
 *
 * @throws EngineError `port_occupied`, `ports_in_use`, `endpoint_unresponsive`, `engine_unsupported`; the
 * signal's reason if aborted.
 */
export async function findRunningEngine(
	context: EngineContext,
	{ bindTest }: { readonly bindTest: boolean },
): Promise<FoundEngine | undefined> {
	const { configuration, emit, signal } = context;
	const endpoint = configuration.endpoint.value;
	emit({ kind: "probing", endpoint: endpoint.url });
	const deadline = performance.now() + configuration.startTimeoutMs.value;
	for (;;) {
		// Read anew each time: another host may have started an engine since.
		const stamps = await readRecords(configuration.target.layout);
		const portIsGuard = await wasProvenGuard(stamps.owner, configuration);
		const result = await probeEngine(endpoint, { portIsGuard, bindTest, signal });
		switch (result.kind) {
			case "free":
				return undefined;
			case "engine":
				return { health: supported(result.health, endpoint.url), stamps };
			case "foreign":
				throw portOccupiedError(endpoint, result.runtime, {
					hint: hint(endpoint.port, await holderOf(endpoint.port)),
				});
			case "not-an-engine":
				throw portOccupiedError(endpoint, "unknown", {
					reason: result.reason,
					hint: `${capitalised(result.reason)}. ${hint(endpoint.port, await holderOf(endpoint.port))}`,
				});
			case "unhealthy":
			case "unresponsive":
			case "unreachable":
				await pauseUndecided(context, result, deadline);
		}
	}
}

/**
 * Engines of version 3 announce an architecture, and keep their data otherwise than version 2.
 *
 * @throws EngineError `engine_unsupported`
 */
export function supported(health: EngineHealth, endpoint: string): EngineHealth {
	if (health.architecture === undefined) return health;
	const version = health.version ?? "of unknown version";
	throw new EngineError(
		"engine_unsupported",
		`The engine at '${endpoint}' is ${version} with architecture '${health.architecture}', which this package cannot manage yet.`,
		{ metadata: { endpoint, version, hint: "Use another port or an engine of version 2." } },
	);
}

/** Whether the engine that we started here was seen to hold this port as its guard's. */
async function wasProvenGuard(
	recorded: ReadRecord<EngineRecord>,
	configuration: EngineConfiguration,
): Promise<boolean> {
	const owner = await judgeRecord(recorded, configuration.target.layout);
	return owner?.ports.guard === configuration.target.guardPort && owner.version !== null;
}

async function pauseUndecided(context: EngineContext, result: ProbeResult, deadline: number): Promise<void> {
	const { configuration, emit, signal } = context;
	const endpoint = configuration.endpoint.value;
	const reason = describeProbe(result);
	const holder = await holderOf(endpoint.port);
	emit({ kind: "undecided", reason, holder });
	if (performance.now() + UNDECIDED_GAP_MS >= deadline) throw unresponsive(endpoint.url, reason, holder);
	await sleep(UNDECIDED_GAP_MS, undefined, { signal }).catch(() => signal?.throwIfAborted());
	// A 5xx may be a proxy before an engine that is starting, so only silence is judged by who keeps it.
	if (result.kind !== "unresponsive" || holder === undefined) return;
	const { owner, runtime } = await readRecords(configuration.target.layout);
	const recorded = [
		owner.kind === "present" ? owner.stamp.identity.pid : undefined,
		runtime.kind === "present" ? runtime.stamp.pid : undefined,
	];
	if (executesEngine(holder) || recorded.includes(holder.pid)) return;
	// Another host that tests the port holds it for a moment only.
	if ((await holderOf(endpoint.port))?.pid !== holder.pid) return;
	throw portsInUseError(
		[{ role: "guard", host: endpoint.host, port: endpoint.port, code: "EADDRINUSE", holder }],
		reason,
	);
}

function unresponsive(
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
				hint: "Stop that process, give it more time with `startTimeoutMs`, or choose another port with `bindPort` (`--bind-port`).",
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
	return `${who}Stop it, or choose another port with \`bindPort\` (\`--bind-port\`).`;
}

function capitalised(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
