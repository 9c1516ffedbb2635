/** Something that takes the bytes of a file one after another. */
export interface Receiver {
	/** How many bytes it has. */
	readonly sizeBytes: number;
	/** Takes more; resolves when another chunk may come. */
	append(chunk: Uint8Array): Promise<void>;
	/** Begins anew, with nothing. */
	restart(): Promise<void>;
}

/** Keeps what it is given, for files that are known to be small. */
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
