import type { Dispatcher } from "undici";

/** Prevents a connection from being paused when it has ended. */
export interface PauseGuard {
	/** Resumes the connection, and prevents it from being paused again. Set by {@link waitingBody}. */
	stopPausing: () => void;
}

/** Something that was thrown. */
export interface Failure {
	readonly reason: unknown;
}

/** A connection that can be paused and resumed. */
type Pausable = Pick<Dispatcher.DispatchController, "pause" | "resume">;

/** A body that a connection fills and a caller reads as an iterable. */
export interface WaitingBody extends AsyncIterable<Uint8Array> {
	/** Sets the connection, which is paused while too many bytes wait to be read. */
	readFrom(connection: Pausable): void;
	append(chunk: Uint8Array): void;
	/** Ends the body. A reader first gets the waiting chunks, then the failure. */
	end(failure: Failure | undefined): void;
	destroy(): void;
}

/** If more bytes than this wait to be read, the connection is paused: 256 KiB. */
const MAX_WAITING_BYTES = 256 * 1024;

/** Makes a body whose connection is paused while the reader is slow. */
export function waitingBody(guard: PauseGuard, destroy: () => void): WaitingBody {
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
	guard.stopPausing = () => {
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
			if (mayPause && waitingBytes > MAX_WAITING_BYTES) {
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
					if (waitingBytes <= MAX_WAITING_BYTES / 2) resume();
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
