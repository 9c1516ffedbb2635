import { type EnginePorts, pause } from "@rivetkit/engine-core";
import { probeEngine } from "@rivetkit/engine-health";
import { readRecords } from "@rivetkit/engine-instances";
import type { EngineContext } from "../context.ts";
import { type FoundEngine, requireSupportedVersion } from "../endpoint/find-running.ts";

/** Between two looks at an engine that another host has started, in milliseconds. */
const LOOK_GAP_MS = 50;

/**
 * Waits for the engine of another host that was faster. Such an engine answers at the endpoint, or is expected to: it
 * holds our database or one of our ports and listens nowhere else. Returns undefined if there is no such engine.
 *
 * @throws EngineError `engine_unsupported`; the signal's reason if aborted.
 */
export async function awaitFasterEngine(
	context: EngineContext,
	ports: EnginePorts,
): Promise<FoundEngine | undefined> {
	const { configuration, emit, signal } = context;
	const endpoint = configuration.endpoint.value;
	const deadline = performance.now() + configuration.startTimeoutMs.value;
	let awaited: number | undefined;
	for (;;) {
		const answer = await probeEngine(endpoint, { bindTest: false, signal });
		if (answer.kind === "engine") {
			const health = requireSupportedVersion(answer.health, endpoint.url);
			return { health, records: await readRecords(configuration.target.layout) };
		}
		const coming = performance.now() < deadline ? await startingEngine(context, ports) : undefined;
		if (coming === undefined) return undefined;
		if (coming !== awaited) emit({ kind: "joining", pid: coming });
		awaited = coming;
		await pause(LOOK_GAP_MS, { signal });
	}
}

/**
 * Finds the pid of an engine that holds the database or a port that our engine needs, and that listens nowhere else.
 */
async function startingEngine(context: EngineContext, ports: EnginePorts): Promise<number | undefined> {
	const { executesEngine, listeningPorts, lockHolder, portHolder } = await import("@rivetkit/engine-inspect");
	const wanted = [ports.guard, ports.apiPeer, ports.metrics];
	const { database } = context.configuration;
	const holders = await Promise.all([
		database.kind === "folder" ? lockHolder(database.path) : undefined,
		...wanted.map(({ port, host }) => portHolder(port, host)),
	]);
	for (const holder of holders) {
		if (holder === undefined || !executesEngine(holder)) continue;
		const listening = await listeningPorts(holder.pid);
		// An engine opens its ports one after another. An engine that has other ports serves another endpoint.
		if (listening.every((port) => wanted.some((address) => address.port === port))) return holder.pid;
	}
	return undefined;
}
