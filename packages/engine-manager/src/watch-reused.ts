import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { EngineEndpoint, ExitStatus, Logger, OwnerStamp } from "@rivetkit/engine-core";
import { judgeProcess } from "@rivetkit/engine-core/process";
import { probeEngine } from "@rivetkit/engine-health";

/** Between two looks at an engine that has closed its connections but is not gone, in milliseconds. */
const LEAVING_GAP_MS = 100;

/**
 * Resolves when an engine that somebody else started has ended. It keeps one idle connection to the guard
 * open, which closes within milliseconds of the engine's death, and does not keep this process alive.
 * Never resolves once `ended` is aborted.
 */
export async function watchReusedEngine(
	endpoint: EngineEndpoint,
	owner: OwnerStamp | undefined,
	logger: Logger,
	ended: AbortSignal,
): Promise<ExitStatus> {
	for (let round = 0; !ended.aborted; round++) {
		const host = endpoint.probeHosts[round % endpoint.probeHosts.length] ?? endpoint.host;
		const wasConnected = await connectionClosed(host, endpoint.port, ended);
		if (ended.aborted) break;
		if (await isGone(endpoint, owner)) {
			// How it ended is known to its parent only.
			const pid = owner?.identity.pid;
			logger.warn(
				{ pid, endpoint: endpoint.url },
				"reused engine process ended while this process was still running",
			);
			return { kind: "unknown" };
		}
		// `localhost` has a second address to try at once; an engine that is leaving is looked at again soon.
		if (wasConnected || round > 0) await sleep(LEAVING_GAP_MS, undefined, { ref: false });
	}
	logger.debug(
		{ endpoint: endpoint.url },
		"aborted engine watcher; engine continues running (intentional orphan)",
	);
	return await new Promise(() => {});
}

async function isGone(endpoint: EngineEndpoint, owner: OwnerStamp | undefined): Promise<boolean> {
	const judgement = owner === undefined ? "unknown" : await judgeProcess(owner.identity);
	if (judgement !== "unknown") return judgement === "dead";
	const { kind } = await probeEngine(endpoint);
	return kind === "free" || kind === "foreign" || kind === "not-an-engine";
}

/** Holds one connection until it closes, and says whether it ever was one. */
async function connectionClosed(host: string, port: number, ended: AbortSignal): Promise<boolean> {
	return await new Promise((resolve) => {
		let wasConnected = false;
		const socket = net.connect({ host, port });
		const close = (): void => void socket.destroy();
		ended.addEventListener("abort", close, { once: true });
		socket.unref();
		socket.resume();
		socket.once("connect", () => {
			wasConnected = true;
		});
		socket.on("error", () => {});
		socket.once("close", () => {
			ended.removeEventListener("abort", close);
			resolve(wasConnected);
		});
	});
}
