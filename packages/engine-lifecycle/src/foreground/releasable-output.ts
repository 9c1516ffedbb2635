import { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import type { EngineOutput } from "@rivetkit/engine-spawn";

/** An output that holds an engine back while its reader is slow, and no longer once it is released. */
export interface ReleasableOutput {
	readonly output: EngineOutput;
	/** From now on all is taken at once, and kept in memory for the reader: an engine that cannot write cannot end. */
	release(): void;
	/** Resolves when all was handed to the reader's stream. Nothing can be written after. */
	end(): Promise<void>;
}

/** What stands before an output, so that its reader can slow an engine down and still not keep it from ending. */
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
	// Standard output can be written to again after an error, which is of use where a disk was full only.
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

/** Calls back when a stream takes more, or ends, or is not waited for any more. */
function afterFirst(target: Writable, released: AbortSignal, done: () => void): void {
	const ends = ["drain", "close", "error"] as const;
	let isSettled = false;
	const settle = (): void => {
		// One may come of the other: who hears of an error may release the output.
		if (isSettled) return;
		isSettled = true;
		for (const end of ends) target.off(end, settle);
		released.removeEventListener("abort", settle);
		done();
	};
	for (const end of ends) target.on(end, settle);
	released.addEventListener("abort", settle);
}
