import type { FileHandle } from "node:fs/promises";
import { storageError } from "@rivetkit/engine-core";
import { feedHash } from "@rivetkit/engine-core/receipt";
import type { OpenPartial } from "./partial.ts";
import type { Receiver } from "./receiver.ts";

/** A file that is written from its start on, and hashed meanwhile. */
export interface Sink extends Receiver {
	/** Resolves when everything is written. */
	flush(): Promise<void>;
	/** The SHA-256 of all that was appended, in lower-case hex. */
	digest(): string;
}

/**
 * A sink that goes on where a file ends. What it has is read and hashed first.
 *
 * @param file - Open for reading and writing; stays the caller's to close.
 * @throws The signal's reason if aborted. What its methods throw is EngineError `no_space` or `read_only`, or the
 * system's own error.
 */
export async function openSink(
	{ handle, path }: Pick<OpenPartial, "handle" | "path">,
	signal: AbortSignal,
): Promise<Sink> {
	// Loaded here, since most users of this package never download.
	const { createHash } = await import("node:crypto");
	let hash = createHash("sha256");
	let sizeBytes = await feedHash(hash, handle, signal);
	let writing: Promise<unknown> = Promise.resolve();
	let failure: unknown;
	return {
		get sizeBytes() {
			return sizeBytes;
		},
		append: async (chunk) => {
			// One write is under way while the next chunk is received and hashed.
			await writing;
			if (failure !== undefined) throw failure;
			const position = sizeBytes;
			sizeBytes += chunk.byteLength;
			writing = writeAll(handle, chunk, position).catch((error) => {
				failure = storageError(error, path);
			});
			hash.update(chunk);
		},
		flush: async () => {
			await writing;
			if (failure !== undefined) throw failure;
		},
		restart: async () => {
			await writing;
			await handle.truncate(0);
			hash = createHash("sha256");
			sizeBytes = 0;
			failure = undefined;
		},
		digest: () => hash.copy().digest("hex"),
	};
}

async function writeAll(handle: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
	for (let written = 0; written < chunk.byteLength; ) {
		const { bytesWritten } = await handle.write(
			chunk,
			written,
			chunk.byteLength - written,
			position + written,
		);
		written += bytesWritten;
	}
}
