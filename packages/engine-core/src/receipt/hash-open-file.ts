import type { Hash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";

/** Digest and size of a file's content. */
export interface HashedContent {
	/** 64 hex digits in lower case. */
	readonly sha256: string;
	/** The number of bytes that were hashed. */
	readonly sizeBytes: number;
}

/** The size of one read. */
const CHUNK_BYTES = 1024 * 1024;

/**
 * Hashes an open file from its start, regardless of its position. The handle stays open.
 *
 * @throws The signal's reason if aborted; the system's own error if the file cannot be read.
 */
export async function hashOpenFile(
	handle: FileHandle,
	signal: AbortSignal | undefined,
): Promise<HashedContent> {
	// Imported only when needed: loading the module takes 5 ms.
	const { createHash } = await import("node:crypto");
	const hash = createHash("sha256");
	const sizeBytes = await feedHash(hash, handle, signal);
	return { sha256: hash.digest("hex"), sizeBytes };
}

/**
 * Feeds an open file to a hash from its start, regardless of its position. The handle stays open.
 *
 * @returns The number of bytes in the file.
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
