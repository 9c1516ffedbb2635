import type { Dispatcher } from "undici";
import type { HttpAnswer } from "./http-answer.ts";
import { type Failure, type PauseGuard, waitingBody } from "./waiting-body.ts";

/** How to end a request, and the callback for its end. */
export interface ReceiveOptions {
	readonly signal: AbortSignal;
	/** The guard of this request's connection. Other requests do not share it. */
	readonly guard: PauseGuard;
	/** Called once, when no more data can arrive. */
	readonly onEnd: () => void;
}

/**
 * Sends a request, and resolves when the headers of the answer have arrived. When a connection breaks, the reader of the
 * body gets all received bytes first and then the error. undici's own streams would discard up to 64 KiB: on a very bad
 * connection that is everything.
 *
 * @throws The error of the connection; the signal's reason if aborted.
 */
export async function receiveAnswer(
	dispatcher: Dispatcher,
	request: Dispatcher.DispatchOptions,
	{ signal, guard, onEnd }: ReceiveOptions,
): Promise<HttpAnswer> {
	if (signal.aborted) onEnd();
	signal.throwIfAborted();
	return await new Promise((resolve, reject) => {
		const body = waitingBody(guard, () => end(new Error("The rest of the answer is not wanted.")));
		let connection: Dispatcher.DispatchController | undefined;
		let isOver = false;
		const settle = (failure?: Failure): void => {
			isOver = true;
			signal.removeEventListener("abort", onAbort);
			if (failure !== undefined) reject(failure.reason);
			body.end(failure);
			onEnd();
		};
		const end = (reason: unknown): void => {
			if (isOver) return;
			settle({ reason });
			connection?.abort(reason as Error);
		};
		const onAbort = (): void => end(signal.reason);
		signal.addEventListener("abort", onAbort, { once: true });
		dispatcher.dispatch(request, {
			onRequestStart: (controller) => {
				connection = controller;
				if (isOver) controller.abort(new Error("The answer is not wanted any more."));
			},
			onResponseStart: (controller, status, headers) => {
				// An informational answer (1xx) comes before the answer itself.
				if (status < 200 || isOver) return;
				body.readFrom(controller);
				resolve({ status, headers: firstValues(headers), body });
			},
			onResponseData: (_, chunk) => body.append(chunk),
			onResponseEnd: () => settle(),
			onResponseError: (_, reason) => {
				if (!isOver) settle({ reason });
			},
		});
	});
}

/** Keeps the first value of each header that came several times. */
function firstValues(
	headers: Readonly<Record<string, string | string[] | undefined>>,
): Readonly<Record<string, string | undefined>> {
	return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat()[0]]));
}
