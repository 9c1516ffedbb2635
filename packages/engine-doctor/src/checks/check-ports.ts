import type { EnginePorts } from "@rivetkit/engine-core";
import { isEngineError, pause } from "@rivetkit/engine-core";
import type { TakenPort } from "@rivetkit/engine-inspect";
import { portsInUseError } from "@rivetkit/engine-inspect";
import { RETEST_GAP_MS } from "@rivetkit/engine-lifecycle";
import { spawnLevel } from "../endpoint-state.ts";
import { type AreaFinding, asFinding, ok } from "../finding.ts";
import type { Observations } from "../observations.ts";
import { isStartUnderWay } from "./check-locks.ts";

/** Checks whether the ports that an engine needs can be bound. Binds each port, unless an engine has the ports already. */
export async function checkPorts(
	observations: Observations,
	betweenTests: (signal: AbortSignal | undefined) => Promise<void> = (signal) =>
		pause(RETEST_GAP_MS, { signal }),
): Promise<readonly AreaFinding[]> {
	const { configuration, endpointState } = observations;
	const { ports } = configuration;
	if (endpointState === "remote") return [ok("None is needed here.")];
	if (isEngineError(ports)) return [ok("They were not tested, as the endpoint cannot be bound.")];
	const { guard, apiPeer, metrics } = ports;
	const named = `${guard.port} (guard), ${apiPeer.port} (api-peer) and ${metrics.port} (metrics)`;
	if (endpointState === "reusable" || endpointState === "starting") {
		return [ok(`${named} belong to the engine that is running, and were not tested.`)];
	}
	// A test takes the port for a moment, so the running start could find the port taken.
	if (await isStartUnderWay(configuration)) {
		return [ok(`${named} were not tested, since a start is under way.`)];
	}
	const taken = await takenForGood(ports, () => betweenTests(observations.context.signal));
	// The findings about the endpoint already name the holder of the guard port, so its other ports are not reported again.
	const others = taken.filter((port) => !isTold(port, observations));
	if (others.length > 0) return [asFinding(spawnLevel(observations), portsInUseError(others))];
	if (taken.length === 0) return [ok(`${named} can be bound.`)];
	const free = [apiPeer, metrics].filter(({ port }) => taken.every((one) => one.port !== port));
	const rest = free.length === 0 ? "" : `; ${free.map(({ port }) => port).join(" and ")} can be bound`;
	return [ok(`What is at the endpoint has ${taken.map(({ port }) => port).join(", ")}${rest}.`)];
}

/** Tests taken ports a second time, since another program may have taken a port only for a moment, to test it. */
async function takenForGood(
	ports: EnginePorts,
	betweenTests: () => Promise<void>,
): Promise<readonly TakenPort[]> {
	const { checkEnginePorts } = await import("@rivetkit/engine-inspect");
	const taken = await checkEnginePorts(ports);
	if (taken.length === 0) return taken;
	await betweenTests();
	return await checkEnginePorts(ports);
}

function isTold({ role, code, holder }: TakenPort, { answer, holder: there }: Observations): boolean {
	if (code !== "EADDRINUSE" || answer.kind === "free") return false;
	return role === "guard" || (holder !== undefined && holder.pid === there?.pid);
}
