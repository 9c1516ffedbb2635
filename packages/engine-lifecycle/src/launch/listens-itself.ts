import type { EnginePorts } from "@rivetkit/engine-core";
import type { SpawnedEngine } from "@rivetkit/engine-spawn";

/**
 * Returns true if the engine that answers at the guard port was spawned here: its process holds the listening socket.
 *
 * @throws EngineError `ports_in_use` if another process took the guard or api-peer port in the meantime: the engine
 * itself would try to bind the port for ever.
 */
export async function isSpawnedEngineListening(spawned: SpawnedEngine, ports: EnginePorts): Promise<boolean> {
	const { guard, apiPeer } = ports;
	const { portOwnership, portsInUseError } = await import("@rivetkit/engine-inspect");
	const [guardHolder, peerHolder] = await portOwnership(spawned.pid, [guard, apiPeer]);
	if (guardHolder === "unknown") return await logSaysListening(spawned);
	const lost = [
		{ role: "guard", heldBy: guardHolder, ...guard } as const,
		{ role: "api-peer", heldBy: peerHolder, ...apiPeer } as const,
	].filter(({ heldBy }) => heldBy === "other");
	if (lost.length > 0) {
		throw portsInUseError(
			lost.map(({ role, host, port }) => ({ role, host, port, code: "EADDRINUSE", holder: undefined })),
			"another process took it while the engine started",
		);
	}
	return guardHolder === "own" && peerHolder === "own";
}

/**
 * Reads the engine's log if the system does not report which process listens. An engine that logs no lines of level
 * info is trusted.
 */
async function logSaysListening(spawned: SpawnedEngine): Promise<boolean> {
	const { readLogTail } = await import("@rivetkit/engine-spawn");
	const lines = await readLogTail(spawned.logs.stdout, 200);
	if (lines.some((line) => line.includes("HTTP server listening on"))) return true;
	return (
		!lines.some((line) => line.includes("service crashed")) &&
		!lines.some((line) => line.includes("level=info"))
	);
}
