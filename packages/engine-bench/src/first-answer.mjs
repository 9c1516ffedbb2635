import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { clockMs } from "./process.mjs";

/** The time between two attempts, in milliseconds. More attempts would slow down the engine that is measured. */
const GAP_MS = 1;
const TIMEOUT_MS = 30_000;
const REQUEST = "GET /health HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n";

/**
 * Waits for the first 200 of `/health`, and returns its time on {@link clockMs}. Bare sockets see the answer sooner than
 * a client that has other things to do.
 *
 * @param {number} port
 * @param {AbortSignal} signal
 */
export async function firstAnswerAt(port, signal) {
	const deadline = clockMs() + TIMEOUT_MS;
	while (clockMs() < deadline && !signal.aborted) {
		if (await answers(port)) return clockMs();
		await sleep(GAP_MS);
	}
	throw new Error(`Nothing answered on port ${port}${signal.aborted ? "" : ` within ${TIMEOUT_MS} ms`}.`);
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
async function answers(port) {
	return await new Promise((resolve) => {
		const socket = net.connect({ host: "127.0.0.1", port }, () => socket.write(REQUEST));
		socket.setTimeout(1000, () => socket.destroy());
		socket.once("data", (chunk) => {
			resolve(chunk.toString("latin1").startsWith("HTTP/1.1 200"));
			socket.destroy();
		});
		socket.once("error", () => {});
		socket.once("close", () => resolve(false));
	});
}
