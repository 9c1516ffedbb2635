import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGzip } from "node:zlib";
import { type Fault, faultOf } from "./release-fault.ts";
import type { ReleaseFile } from "./release-files.ts";

/** A part of a file. */
export interface Body {
	readonly source: ReleaseFile;
	readonly start: number;
	/** The end of the part, excluded. */
	readonly end: number;
}

/** Returns the bytes of a body, which are read only as fast as the caller consumes them. */
export function openBody(body: Body, faults: readonly Fault[]): AsyncIterable<Buffer> {
	const flip = faultOf(faults, "flip-bit");
	const plain = flip === undefined ? readBody(body) : flipBit(readBody(body), flip.offset - body.start);
	if (faultOf(faults, "gzip") === undefined) return plain;
	// The reader of the stream sees its errors.
	return pipeline(plain, createGzip(), () => {});
}

const chunkBytes = 256 * 1024;

async function* readBody({ source, start, end }: Body): AsyncGenerator<Buffer> {
	if (Buffer.isBuffer(source)) {
		for (let at = start; at < end; at += chunkBytes)
			yield source.subarray(at, Math.min(at + chunkBytes, end));
	} else if (start < end) {
		// `end` of a read stream is inclusive.
		yield* createReadStream(source.path, { start, end: end - 1, highWaterMark: chunkBytes });
	}
}

async function* flipBit(chunks: AsyncIterable<Buffer>, offset: number): AsyncGenerator<Buffer> {
	let at = 0;
	for await (const chunk of chunks) {
		const byte = chunk[offset - at];
		at += chunk.length;
		if (byte === undefined) {
			yield chunk;
			continue;
		}
		const flipped = Buffer.from(chunk);
		flipped[offset - at + chunk.length] = byte ^ 1;
		yield flipped;
	}
}
