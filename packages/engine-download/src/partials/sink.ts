import type { FileHandle } from "node:fs/promises";
import { storageError } from "@rivetkit/engine-core";
import { feedHash } from "@rivetkit/engine-core/receipt";
import type { Receiver } from "../transfer/receiver.ts";
import type { OpenPartial } from "./partial.ts";

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
 * @throws The signal's reason if aborted. What its methods throw is EngineError `no_space`, `path_occupied` or `read_only`, or the
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
			// In the same turn as the last look at what waits: what comes after it begins another write.
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
			// One write is under way while more is received and hashed, all of which goes into the next one.
			writing ??= writeWaiting();
			hash.update(chunk);
			if (waitingBytes > MOST_WAITING_BYTES) await writing;
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

/** How much may wait to be written before more is taken: 1 MiB. */
const MOST_WAITING_BYTES = 1024 * 1024;

async function writeAll(handle: FileHandle, chunks: readonly Uint8Array[], position: number): Promise<void> {
	let rest = chunks;
	for (let written = 0; rest.length > 0; ) {
		const { bytesWritten } = await handle.writev(rest, position + written);
		written += bytesWritten;
		rest = without(rest, bytesWritten);
	}
}

/** What follows on the first so many bytes. */
function without(chunks: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
	let left = bytes;
	for (const [index, chunk] of chunks.entries()) {
		if (left < chunk.byteLength) return [chunk.subarray(left), ...chunks.slice(index + 1)];
		left -= chunk.byteLength;
	}
	return [];
}
