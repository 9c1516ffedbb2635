import type { FileHandle } from "node:fs/promises";
import { storageError } from "@rivetkit/engine-core";
import { feedHash } from "@rivetkit/engine-core/receipt";
import type { Receiver } from "../transfer/receiver.ts";
import type { OpenPartial } from "./partial.ts";

/** A receiver that writes the bytes to a file and hashes them at the same time. */
export interface Sink extends Receiver {
	/** Resolves when all received bytes are written. */
	flush(): Promise<void>;
	/** Returns the SHA-256 of the whole file, in lower-case hex. */
	digest(): string;
}

/**
 * Makes a sink that appends to a file. First reads and hashes the bytes that are already in the file.
 *
 * @param file - A partial, open for reading and writing; the caller closes it.
 * @throws The signal's reason if aborted. The methods of the sink throw EngineError `no_space` or `read_only`, or the
 * system's own error.
 */
export async function openSink(
	file: Pick<OpenPartial, "handle" | "path">,
	signal: AbortSignal,
): Promise<Sink> {
	const { handle, path } = file;
	// Loaded here, since most users of this package never download.
	const { createHash } = await import("node:crypto");
	let hash = createHash("sha256");
	let sizeBytes = await feedHash(hash, handle, signal);
	let waiting: Uint8Array[] = [];
	let waitingBytes = 0;
	let writing: Promise<void> | undefined;
	let failure: unknown;
	const writeWaiting = async (): Promise<void> => {
		try {
			while (waitingBytes > 0) {
				const chunks = waiting;
				const position = sizeBytes - waitingBytes;
				waiting = [];
				waitingBytes = 0;
				await writeAll(handle, chunks, position);
			}
		} catch (error) {
			failure = storageError(error, path);
		} finally {
			// No `await` between the last check of `waitingBytes` and this line, so that the next chunk starts a new write.
			writing = undefined;
		}
	};
	return {
		get sizeBytes() {
			return sizeBytes;
		},
		append: async (chunk) => {
			if (failure !== undefined) throw failure;
			if (chunk.byteLength === 0) return;
			waiting.push(chunk);
			waitingBytes += chunk.byteLength;
			sizeBytes += chunk.byteLength;
			// Only one write runs at a time. Chunks that arrive in the meantime go into the next write.
			writing ??= writeWaiting();
			hash.update(chunk);
			if (waitingBytes > MAX_WAITING_BYTES) await writing;
		},
		flush: async () => {
			await writing;
			if (failure !== undefined) throw failure;
		},
		restart: async () => {
			await writing;
			await handle.truncate(0);
			hash = createHash("sha256");
			waiting = [];
			waitingBytes = 0;
			sizeBytes = 0;
			failure = undefined;
		},
		digest: () => hash.copy().digest("hex"),
	};
}

/** If more bytes than this wait to be written, `append` waits: 1 MiB. */
const MAX_WAITING_BYTES = 1024 * 1024;

async function writeAll(handle: FileHandle, chunks: readonly Uint8Array[], position: number): Promise<void> {
	let rest = chunks;
	for (let written = 0; rest.length > 0; ) {
		const { bytesWritten } = await handle.writev(rest, position + written);
		written += bytesWritten;
		rest = dropBytes(rest, bytesWritten);
	}
}

/** Returns the chunks without their first `bytes` bytes. */
function dropBytes(chunks: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
	let left = bytes;
	for (const [index, chunk] of chunks.entries()) {
		if (left < chunk.byteLength) return [chunk.subarray(left), ...chunks.slice(index + 1)];
		left -= chunk.byteLength;
	}
	return [];
}
