import net from "node:net";
import { type EngineEndpoint, type ExitStatus, type Logger, pause } from "@rivetkit/engine-core";
import { identifyProcess, judgeProcess, type ProcessIdentity } from "@rivetkit/engine-core/process";
import { probeEngine, probeVerdict } from "@rivetkit/engine-health";

/** Between two looks at an engine that has closed its connections but has not ended, in milliseconds. */
const LEAVING_GAP_MS = 15;

/** The same gap for an engine that takes longer to end, or that is probed because its process cannot be judged. */
const LONG_LEAVING_GAP_MS = 200;

/** The time in which an engine ends as a rule, in milliseconds. */
const LEAVING_MS = 3000;

/**
 * Resolves when an engine that another program started has ended. Keeps one idle connection to the guard open, which
 * closes within milliseconds of the engine's death, and does not keep this process alive. A closed connection is a
 * reason to look, no more: an engine that is slow, suspended or ending has not ended. Never resolves once `ended` is
 * aborted.
 *
 * @param identity - The recorded identity of its process. @defaultValue the identity of the engine that has the port
 * now, if it is known
 */
export async function watchReusedEngine(
	endpoint: EngineEndpoint,
	identity: ProcessIdentity | undefined,
	logger: Logger,
	ended: AbortSignal,
): Promise<ExitStatus> {
	const watched = identity ?? (await identifyListener(endpoint));
	let closedAt: number | undefined;
	for (let round = 0; !ended.aborted; round++) {
		const host = endpoint.probeHosts[round % endpoint.probeHosts.length] ?? endpoint.host;
		// The next engine may already listen there.
		const isOther = async (): Promise<boolean> =>
			watched !== undefined && (await judgeProcess(watched)) === "dead";
		const wasConnected = await connectionClosed(host, endpoint.port, ended, isOther);
		if (ended.aborted) break;
		if (wasConnected || closedAt === undefined) closedAt = performance.now();
		const state = await look(endpoint, watched);
		if (state === "gone") {
			// Only the parent of the process knows its exit status.
			logger.warn(
				{ pid: watched?.pid, endpoint: endpoint.url },
				"reused engine process ended while this process was still running",
			);
			return { kind: "unknown" };
		}
		// `localhost` has a second address to try at once. An engine that is ending is looked at again soon.
		const isSoon = state === "there" && performance.now() - closedAt < LEAVING_MS;
		if (wasConnected || round > 0)
			await pause(isSoon ? LEAVING_GAP_MS : LONG_LEAVING_GAP_MS, { keepsAlive: false });
	}
	logger.debug(
		{ endpoint: endpoint.url },
		"aborted engine watcher; engine continues running (intentional orphan)",
	);
	return await new Promise(() => {});
}

/** Identifies the process that accepts the connections, unless it is a proxy in between. */
async function identifyListener(endpoint: EngineEndpoint): Promise<ProcessIdentity | undefined> {
	const { executesEngine, portHolder } = await import("@rivetkit/engine-inspect");
	const holder = await portHolder(endpoint.port, endpoint.probeHosts[0]);
	return holder !== undefined && executesEngine(holder) ? await identifyProcess(holder.pid) : undefined;
}

/** Judges an engine that has closed a connection; `undecided` if it was probed and may only be slow. */
async function look(
	endpoint: EngineEndpoint,
	identity: ProcessIdentity | undefined,
): Promise<"gone" | "there" | "undecided"> {
	const judgement = identity === undefined ? "unknown" : await judgeProcess(identity);
	if (judgement !== "unknown") return judgement === "dead" ? "gone" : "there";
	switch (probeVerdict(await probeEngine(endpoint)).kind) {
		case "free":
		case "occupied":
			return "gone";
		case "engine":
		case "undecided":
			return "undecided";
	}
}

/**
 * Holds one connection until it closes or turns out to lead to another engine. Returns true if the connection was
 * established.
 */
async function connectionClosed(
	host: string,
	port: number,
	ended: AbortSignal,
	isOther: () => Promise<boolean>,
): Promise<boolean> {
	return await new Promise((resolve) => {
		let wasConnected = false;
		const socket = net.connect({ host, port });
		const close = (): void => void socket.destroy();
		ended.addEventListener("abort", close, { once: true });
		socket.unref();
		socket.resume();
		socket.once("connect", () => {
			wasConnected = true;
			isOther().then((isOver) => (isOver ? close() : undefined), close);
		});
		socket.on("error", () => {});
		socket.once("close", () => {
			ended.removeEventListener("abort", close);
			resolve(wasConnected);
		});
	});
}
