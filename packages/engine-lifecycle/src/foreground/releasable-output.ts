import { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import type { EngineOutput } from "@rivetkit/engine-spawn";

/** An output that slows an engine down while the reader is slow, until the output is released. */
export interface ReleasableOutput {
	readonly output: EngineOutput;
	/**
	 * Accepts all output at once from now on, and keeps it in memory for the reader: an engine that cannot write cannot
	 * end.
	 */
	release(): void;
	/** Resolves when everything was handed to the reader's stream. Nothing can be written after that. */
	end(): Promise<void>;
}

/** Puts a stream before each stream of an output, so that a slow reader slows the engine down, and cannot keep it from ending. */
export function releasableOutput({ stdout, stderr }: EngineOutput): ReleasableOutput {
	const released = new AbortController();
	const streams = { stdout: before(stdout, released.signal), stderr: before(stderr, released.signal) };
	return {
		output: streams,
		release: () => released.abort(),
		end: async () => {
			released.abort();
			await Promise.all(Object.values(streams).map((stream) => finished(stream.end())));
		},
	};
}

function before(target: Writable, released: AbortSignal): Writable {
	let isGone = false;
	// Standard output stays writable after an error. A second attempt helps after a full disk, but not after EPIPE: the reader is gone.
	target.on("error", ({ code }: NodeJS.ErrnoException) => {
		isGone ||= code === "EPIPE";
	});
	return new Writable({
		write: (chunk: Buffer, _encoding, done) => {
			if (isGone || !target.writable || target.write(chunk) || released.aborted) return done();
			afterFirst(target, released, done);
		},
	});
}

/** Calls back once: when the stream takes more, when it ends, or when the output is released. */
function afterFirst(target: Writable, released: AbortSignal, done: () => void): void {
	const ends = ["drain", "close", "error"] as const;
	let isSettled = false;
	const settle = (): void => {
		// `settle` may be called twice: a listener of the error may release the output.
		if (isSettled) return;
		isSettled = true;
		for (const end of ends) target.off(end, settle);
		released.removeEventListener("abort", settle);
		done();
	};
	for (const end of ends) target.on(end, settle);
	released.addEventListener("abort", settle);
}
