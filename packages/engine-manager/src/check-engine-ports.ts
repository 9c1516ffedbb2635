import type { TakenPort } from "@rivetkit/engine-spawn";
import type { EnginePorts } from "./guard-binding.ts";

/** Which of the three ports of an engine cannot be bound now. */
export async function checkEnginePorts(ports: EnginePorts): Promise<readonly TakenPort[]> {
	const { checkPorts } = await import("@rivetkit/engine-spawn");
	return await checkPorts([
		{ role: "guard", ...ports.guard },
		{ role: "api-peer", ...ports.apiPeer },
		{ role: "metrics", ...ports.metrics },
	]);
}
