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
	while (!ended.aborted) {
		await connectionClosed(endpoint, ended);
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
		await sleep(LEAVING_GAP_MS, undefined, { ref: false });
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
	return (await probeEngine(endpoint)).kind === "free";
}

async function connectionClosed(endpoint: EngineEndpoint, ended: AbortSignal): Promise<void> {
	await new Promise<void>((resolve) => {
		const socket = net.connect({ host: endpoint.probeHosts[0] ?? endpoint.host, port: endpoint.port });
		const close = (): void => {
			socket.destroy();
		};
		ended.addEventListener("abort", close, { once: true });
		socket.unref();
		socket.resume();
		socket.on("error", () => {});
		socket.once("close", () => {
			ended.removeEventListener("abort", close);
			resolve();
		});
	});
}
