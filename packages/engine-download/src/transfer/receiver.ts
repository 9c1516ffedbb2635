/** A destination for the bytes of a file, in their order. */
export interface Receiver {
	/** The number of bytes received so far. */
	readonly sizeBytes: number;
	/** Adds the next chunk; resolves when the receiver is ready for another chunk. */
	append(chunk: Uint8Array): Promise<void>;
	/** Discards all bytes received so far. */
	restart(): Promise<void>;
}

/** Makes a receiver that keeps a file in memory. Use it only for small files. */
export function memoryReceiver(): Receiver & { text(): string } {
	let chunks: Uint8Array[] = [];
	let sizeBytes = 0;
	return {
		get sizeBytes() {
			return sizeBytes;
		},
		append: async (chunk) => {
			chunks.push(chunk);
			sizeBytes += chunk.byteLength;
		},
		restart: async () => {
			chunks = [];
			sizeBytes = 0;
		},
		text: () => Buffer.concat(chunks).toString("utf8"),
	};
}
