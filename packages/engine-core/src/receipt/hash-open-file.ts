import type { Hash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";

/** What a file has, and how much of it. */
export interface HashedContent {
	/** 64 hex digits in lower case. */
	readonly sha256: string;
	/** How many bytes were hashed. */
	readonly sizeBytes: number;
}

/** How much of a file is in memory at a time, in bytes. */
const CHUNK_BYTES = 1024 * 1024;

/**
 * Hashes an open file from its start, whatever its position. The handle stays open.
 *
 * @throws The signal's reason if aborted; the system's own error if the file cannot be read.
 */
export async function hashOpenFile(
	handle: FileHandle,
	signal: AbortSignal | undefined,
): Promise<HashedContent> {
	// Loading it takes 5 ms, which nobody should pay whose files need no hash.
	const { createHash } = await import("node:crypto");
	const hash = createHash("sha256");
	const sizeBytes = await feedHash(hash, handle, signal);
	return { sha256: hash.digest("hex"), sizeBytes };
}

/**
 * Gives a hash all of an open file, whatever its position. The handle stays open.
 *
 * @returns How many bytes there were.
 * @throws As {@link hashOpenFile}.
 */
export async function feedHash(
	hash: Pick<Hash, "update">,
	handle: FileHandle,
	signal: AbortSignal | undefined,
): Promise<number> {
	const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
	for (let position = 0; ; ) {
		signal?.throwIfAborted();
		const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, position);
		if (bytesRead === 0) return position;
		hash.update(chunk.subarray(0, bytesRead));
		position += bytesRead;
	}
}
