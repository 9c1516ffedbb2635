/** A destination for the bytes of a file, which come in order. */
export interface Receiver {
	/** The number of bytes received so far. */
	readonly sizeBytes: number;
	/** Takes the next chunk; resolves when another may come. */
	append(chunk: Uint8Array): Promise<void>;
	/** Throws away everything received so far. */
	restart(): Promise<void>;
}

/** Makes a receiver that keeps a file in memory, for files whose size is limited to a small one. */
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
