import type { EnginePorts } from "@rivetkit/engine-core";
import type { SpawnedEngine } from "@rivetkit/engine-spawn";

/**
 * Whether the engine that answers at the guard port is the one that was spawned here: its process holds
 * the listening socket.
 *
 * @throws EngineError `ports_in_use` if another process took the guard or api-peer port in the meantime;
 * the engine itself would try for it for ever.
 */
export async function isOurs(spawned: SpawnedEngine, ports: EnginePorts): Promise<boolean> {
	const { guard, apiPeer } = ports;
	const { portOwnership, portsInUseError } = await import("@rivetkit/engine-inspect");
	const [guardOwner, peerOwner] = await portOwnership(spawned.pid, [guard, apiPeer]);
	if (guardOwner === "unknown") return await logTellsThatItListens(spawned);
	const lost = [
		{ role: "guard", owner: guardOwner, ...guard } as const,
		{ role: "api-peer", owner: peerOwner, ...apiPeer } as const,
	].filter(({ owner }) => owner === "other");
	if (lost.length > 0) {
		throw portsInUseError(
			lost.map(({ role, host, port }) => ({ role, host, port, code: "EADDRINUSE", holder: undefined })),
			"another process took it while the engine started",
		);
	}
	return guardOwner === "own" && peerOwner === "own";
}

/** Where the system does not tell who listens, the engine's log does, unless its level was raised. */
async function logTellsThatItListens(spawned: SpawnedEngine): Promise<boolean> {
	const { readLogTail } = await import("@rivetkit/engine-spawn");
	const lines = await readLogTail(spawned.logs.stdout, 200);
	if (lines.some((line) => line.includes("HTTP server listening on"))) return true;
	return (
		!lines.some((line) => line.includes("service crashed")) &&
		!lines.some((line) => line.includes("level=info"))
	);
}
