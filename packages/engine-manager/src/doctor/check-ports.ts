import { isEngineError } from "@rivetkit/engine-core";
import type { TakenPort } from "@rivetkit/engine-spawn";
import { cannotBind } from "../cannot-bind.ts";
import { loadSpawn } from "../lazy-packages.ts";
import { type AreaFinding, asFinding, ok } from "./finding.ts";
import { type Situation, spawnLevel } from "./situation.ts";

/** Whether the ports that an engine needs can be bound, by binding each once, unless an engine has them already. */
export async function checkPorts(situation: Situation): Promise<readonly AreaFinding[]> {
	const { binding, standing } = situation;
	if (standing === "remote") return [ok("None is needed here.")];
	if (isEngineError(binding)) return [ok("They were not tested, as the endpoint cannot be bound.")];
	const { guard, apiPeer, metrics } = binding;
	const named = `${guard.port} (guard), ${apiPeer.port} (api-peer) and ${metrics.port} (metrics)`;
	if (standing === "reusable" || standing === "starting") {
		return [ok(`${named} are those of the engine that is there, and were not tested.`)];
	}
	const { checkPorts: tryPorts } = await loadSpawn();
	const taken = await tryPorts([
		{ role: "guard", ...guard },
		{ role: "api-peer", ...apiPeer },
		{ role: "metrics", ...metrics },
	]);
	// Who has the guard port is told with the endpoint, and so is what else the same process has.
	const others = taken.filter((port) => !isTold(port, situation));
	if (others.length > 0) return [asFinding(spawnLevel(situation), cannotBind(others))];
	if (taken.length === 0) return [ok(`${named} can be bound.`)];
	const free = [apiPeer, metrics].filter(({ port }) => taken.every((one) => one.port !== port));
	const rest = free.length === 0 ? "" : `; ${free.map(({ port }) => port).join(" and ")} can be bound`;
	return [ok(`What is at the endpoint has ${taken.map(({ port }) => port).join(", ")}${rest}.`)];
}

function isTold({ role, code, holder }: TakenPort, { answer, holder: there }: Situation): boolean {
	if (code !== "EADDRINUSE" || answer.kind === "free") return false;
	return role === "guard" || (holder !== undefined && holder.pid === there?.pid);
}
