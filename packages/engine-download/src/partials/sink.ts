import type { FileHandle } from "node:fs/promises";
import { storageError } from "@rivetkit/engine-core";
import { feedHash } from "@rivetkit/engine-core/receipt";
import type { Receiver } from "../transfer/receiver.ts";
import type { OpenPartial } from "./partial.ts";

/** A receiver that writes a file, and hashes it at the same time. */
export interface Sink extends Receiver {
	/** Resolves when everything received is written. */
	flush(): Promise<void>;
	/** Returns the SHA-256 of everything in the file, in lower-case hex. */
	digest(): string;
}

/**
 * Makes a sink that appends to a file. It first reads and hashes the bytes that the file has already.
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
	// Loaded here: most users of this package never download.
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
			// Set in the same turn as the last look at `waitingBytes`, so that the next chunk starts another write.
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
			// Only one write is under way; everything that comes meanwhile goes into the next write.
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

/** The most bytes that may wait to be written before `append` waits for them: 1 MiB. */
const MAX_WAITING_BYTES = 1024 * 1024;

async function writeAll(handle: FileHandle, chunks: readonly Uint8Array[], position: number): Promise<void> {
	let rest = chunks;
	for (let written = 0; rest.length > 0; ) {
		const { bytesWritten } = await handle.writev(rest, position + written);
		written += bytesWritten;
		rest = dropBytes(rest, bytesWritten);
	}
}

/** Returns what is left of some chunks without their first bytes. */
function dropBytes(chunks: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
	let left = bytes;
	for (const [index, chunk] of chunks.entries()) {
		if (left < chunk.byteLength) return [chunk.subarray(left), ...chunks.slice(index + 1)];
		left -= chunk.byteLength;
	}
	return [];
}
