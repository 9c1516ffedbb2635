import type { Dispatcher } from "undici";
import type { HttpAnswer } from "./http-answer.ts";

/** What keeps a connection from being paused, from when it ends on. */
export interface BodyPause {
	/** Reads on, and does not pause again. Set by {@link receiveAnswer}. */
	readOn: () => void;
}

/** How much of a body may wait to be read before its connection is paused: 256 KiB. */
const MOST_WAITING_BYTES = 256 * 1024;

/**
 * Sends a request, and resolves when the headers of its answer are there. When a connection breaks, what had come
 * of the body is still given before the error is: the streams that undici makes throw away up to 64 KiB then, and
 * so all of what a connection brings that breaks often.
 *
 * @param options - `pause` is the connection's alone. `onEnd` is called once, when there is nothing more to come.
 * @throws What the connection fails with; the signal's reason if aborted.
 */
export async function receiveAnswer(
	dispatcher: Dispatcher,
	request: Dispatcher.DispatchOptions,
	{
		signal,
		pause,
		onEnd,
	}: { readonly signal: AbortSignal; readonly pause: BodyPause; readonly onEnd: () => void },
): Promise<HttpAnswer> {
	if (signal.aborted) onEnd();
	signal.throwIfAborted();
	return await new Promise((resolve, reject) => {
		const body = waitingBody(pause, () => end(new Error("The rest of the answer is not wanted.")));
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
				// Those before 200 announce the answer.
				if (status < 200 || isOver) return;
				body.readFrom(controller);
				resolve({ status, headers: single(headers), body });
			},
			onResponseData: (_, chunk) => body.append(chunk),
			onResponseEnd: () => settle(),
			onResponseError: (_, reason) => {
				if (!isOver) settle({ reason });
			},
		});
	});
}

/** Something that was thrown. */
interface Failure {
	readonly reason: unknown;
}

type Pausable = Pick<Dispatcher.DispatchController, "pause" | "resume">;

interface WaitingBody extends AsyncIterable<Uint8Array> {
	readFrom(connection: Pausable): void;
	append(chunk: Uint8Array): void;
	end(failure: Failure | undefined): void;
	destroy(): void;
}

function waitingBody(pause: BodyPause, destroy: () => void): WaitingBody {
	const waiting: Uint8Array[] = [];
	let waitingBytes = 0;
	let connection: Pausable | undefined;
	let isEnded = false;
	let failed: Failure | undefined;
	let wake = (): void => {};
	let mayPause = true;
	let isPaused = false;
	const resume = (): void => {
		if (isPaused) connection?.resume();
		isPaused = false;
	};
	pause.readOn = () => {
		mayPause = false;
		resume();
	};
	return {
		readFrom: (controller) => {
			connection = controller;
		},
		append: (chunk) => {
			if (isEnded) return;
			waiting.push(chunk);
			waitingBytes += chunk.byteLength;
			if (mayPause && waitingBytes > MOST_WAITING_BYTES) {
				isPaused = true;
				connection?.pause();
			}
			wake();
		},
		end: (failure) => {
			isEnded = true;
			isPaused = false;
			failed = failure;
			wake();
		},
		destroy,
		async *[Symbol.asyncIterator]() {
			for (;;) {
				for (let chunk = waiting.shift(); chunk !== undefined; chunk = waiting.shift()) {
					waitingBytes -= chunk.byteLength;
					if (waitingBytes <= MOST_WAITING_BYTES / 2) resume();
					yield chunk;
				}
				if (failed !== undefined) throw failed.reason;
				if (isEnded) return;
				await new Promise<void>((resolve) => {
					wake = resolve;
				});
			}
		},
	};
}

/** Of a header that came several times, the first. */
function single(
	headers: Readonly<Record<string, string | string[] | undefined>>,
): Readonly<Record<string, string | undefined>> {
	return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat()[0]]));
}
