import type { ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Answer } from "./release-answer.ts";
import { openBody } from "./release-body.ts";
import { type Fault, faultOf, type TransferFault } from "./release-fault.ts";

/** The effects of an answer on its server. */
export interface SendEffects {
	/** Aborted when the connection is gone. */
	readonly gone: AbortSignal;
	/** Counts bytes of the body before they are sent. */
	count(bytes: number): void;
	/** Resets the connection. */
	reset(): void;
}

/** Sends an answer with its faults. Resolves when it is sent or the connection is gone. */
export async function sendAnswer(
	response: ServerResponse,
	answer: Answer,
	faults: readonly Fault[],
	effects: SendEffects,
): Promise<void> {
	const { gone } = effects;
	const closed = whenAborted(gone);
	if (faultOf(faults, "stall-headers") !== undefined) return await closed;
	response.writeHead(answer.status, answer.headers);
	const write = async (chunk: Buffer | string): Promise<void> => {
		// The callback is called when the kernel has the bytes. Waiting for it gives backpressure, and no byte is lost at a close.
		await Promise.race([new Promise<void>((resolve) => response.write(chunk, () => resolve())), closed]);
	};
	await write("");

	const stops = stopsOf(faults);
	const pace = paceOf(faults);
	const startedAt = performance.now();
	let sent = 0;
	const stopWhereDue = async (): Promise<void> => {
		for (let stop = stops[0]; stop !== undefined && stop.afterBytes <= sent; stop = stops[0]) {
			if (gone.aborted) return;
			stops.shift();
			await performStop(stop, response, effects, closed);
		}
	};
	await stopWhereDue();
	for await (const chunk of openBody(answer.body, faults)) {
		for (let rest = chunk; rest.length > 0 && !gone.aborted; ) {
			const piece = rest.subarray(
				0,
				Math.min(pace?.chunkBytes ?? rest.length, (stops[0]?.afterBytes ?? Infinity) - sent),
			);
			rest = rest.subarray(piece.length);
			sent += piece.length;
			effects.count(piece.length);
			await write(piece);
			await stopWhereDue();
			if (pace === undefined || gone.aborted) continue;
			const dueAt = startedAt + (sent * 1000) / pace.bytesPerSecond;
			await delay(Math.max(0, dueAt - performance.now()), undefined, { signal: gone }).catch(() => {});
		}
		if (gone.aborted) return;
	}
	if (!gone.aborted) response.end();
}

type Stop = Extract<TransferFault, { readonly afterBytes: number }>;

function stopsOf(faults: readonly Fault[]): Stop[] {
	const stops = faults.filter((fault): fault is Stop => "afterBytes" in fault);
	return stops.sort((one, other) => one.afterBytes - other.afterBytes);
}

async function performStop(
	stop: Stop,
	response: ServerResponse,
	{ gone, reset }: SendEffects,
	closed: Promise<void>,
): Promise<void> {
	switch (stop.kind) {
		case "cut":
			response.socket?.destroy();
			return await closed;
		case "reset":
			// A reset can overtake bytes that the client has not read yet; libuv would then report a normal end.
			await delay(20, undefined, { signal: gone }).catch(() => {});
			reset();
			return await closed;
		case "stall":
			return await closed;
		case "hold":
			await Promise.race([stop.until, closed]);
	}
}

function paceOf(faults: readonly Fault[]): { bytesPerSecond: number; chunkBytes: number } | undefined {
	const drip = faultOf(faults, "drip");
	if (drip !== undefined) return drip;
	const throttle = faultOf(faults, "throttle");
	if (throttle === undefined) return undefined;
	const { bytesPerSecond } = throttle;
	return { bytesPerSecond, chunkBytes: Math.max(1, Math.round(bytesPerSecond / 20)) };
}

async function whenAborted(signal: AbortSignal): Promise<void> {
	if (signal.aborted) return;
	await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
