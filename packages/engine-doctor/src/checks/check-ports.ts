import type { EnginePorts } from "@rivetkit/engine-core";
import { isEngineError, pause } from "@rivetkit/engine-core";
import type { TakenPort } from "@rivetkit/engine-inspect";
import { portsInUseError } from "@rivetkit/engine-inspect";
import { RETEST_GAP_MS } from "@rivetkit/engine-lifecycle";
import { type AreaFinding, asFinding, ok } from "../finding.ts";
import { type Observations, spawnLevel } from "../observations.ts";
import { isStartUnderWay } from "./check-locks.ts";

/** Whether the ports that an engine needs can be bound, by binding each once, unless an engine has them already. */
export async function checkPorts(
	situation: Observations,
	betweenTests: (signal: AbortSignal | undefined) => Promise<void> = (signal) =>
		pause(RETEST_GAP_MS, { signal }),
): Promise<readonly AreaFinding[]> {
	const { binding, standing } = situation;
	if (standing === "remote") return [ok("None is needed here.")];
	if (isEngineError(binding)) return [ok("They were not tested, as the endpoint cannot be bound.")];
	const { guard, apiPeer, metrics } = binding;
	const named = `${guard.port} (guard), ${apiPeer.port} (api-peer) and ${metrics.port} (metrics)`;
	if (standing === "reusable" || standing === "starting") {
		return [ok(`${named} are those of the engine that is there, and were not tested.`)];
	}
	// Who tests a port has it for a moment, and a start would find it taken.
	if (await isStartUnderWay(situation.configuration)) {
		return [ok(`${named} were not tested, since a start is under way.`)];
	}
	const taken = await takenForGood(binding, () => betweenTests(situation.context.signal));
	// Who has the guard port is told with the endpoint, and so is what else the same process has.
	const others = taken.filter((port) => !isTold(port, situation));
	if (others.length > 0) return [asFinding(spawnLevel(situation), portsInUseError(others))];
	if (taken.length === 0) return [ok(`${named} can be bound.`)];
	const free = [apiPeer, metrics].filter(({ port }) => taken.every((one) => one.port !== port));
	const rest = free.length === 0 ? "" : `; ${free.map(({ port }) => port).join(" and ")} can be bound`;
	return [ok(`What is at the endpoint has ${taken.map(({ port }) => port).join(", ")}${rest}.`)];
}

/** Another program that tests the ports has them for a moment only. */
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
