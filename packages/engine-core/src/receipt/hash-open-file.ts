import type { FileHandle } from "node:fs/promises";

/** How much of a file is in memory at a time, in bytes. */
const CHUNK_BYTES = 1024 * 1024;

/**
 * The SHA-256 of a file from its start, in lower-case hex. The handle stays open.
 *
 * @throws The signal's reason if aborted.
 */
export async function hashOpenFile(handle: FileHandle, signal: AbortSignal | undefined): Promise<string> {
	// Loading it takes 5 ms, which nobody should pay whose files need no hash.
	const { createHash } = await import("node:crypto");
	const hash = createHash("sha256");
	const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
	for (let position = 0; ; ) {
		signal?.throwIfAborted();
		const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, position);
		if (bytesRead === 0) return hash.digest("hex");
		hash.update(chunk.subarray(0, bytesRead));
		position += bytesRead;
	}
}
