import { open } from "node:fs/promises";
import path from "node:path";
import { type HashedContent, hashOpenFile } from "@rivetkit/engine-core/receipt";
import { abortSignal, filePath, optional, string } from "../options/option-checks.ts";
import { requireOption, requireOptions } from "../options/require-options.ts";
import { checksumMismatchError } from "./checksum-mismatch.ts";
import { pinnedDigest } from "./pinned-digest.ts";

export type { HashedContent } from "@rivetkit/engine-core/receipt";

/** The codes that {@link verifyFile} throws. */
export type VerifyErrorCode = "checksum_mismatch" | "invalid_option";

/** How hashing may be ended. */
export interface HashOptions {
	readonly signal?: AbortSignal | undefined;
}

/**
 * The SHA-256 and the size of a file, which is read once, 1 MiB of it in memory at a time.
 *
 * @throws EngineError `invalid_option`; the signal's reason if aborted; the system's own error if the file cannot be
 * read.
 */
export async function sha256File(file: string, options: HashOptions = {}): Promise<HashedContent> {
	requireOption("file", file, filePath);
	requireOptions<HashOptions>(options, { signal: optional(abortSignal) });
	const { signal } = options;
	signal?.throwIfAborted();
	const handle = await open(file);
	try {
		return await hashOpenFile(handle, signal);
	} finally {
		await handle.close();
	}
}

/**
 * Resolves as {@link sha256File} if a file has the expected digest.
 *
 * @param expectedSha256 - 64 hex digits, in whichever case.
 * @throws EngineError `checksum_mismatch`; `invalid_option` for what is no digest, without looking at the file.
 * The signal's reason if aborted; the system's own error if the file cannot be read.
 */
export async function verifyFile(
	file: string,
	expectedSha256: string,
	options: HashOptions = {},
): Promise<HashedContent> {
	requireOption("expectedSha256", expectedSha256, string);
	const expected = pinnedDigest(expectedSha256, "expectedSha256");
	const content = await sha256File(file, options);
	if (content.sha256 === expected) return content;
	throw checksumMismatchError({
		artifact: path.basename(file),
		expected,
		received: content.sha256,
		path: file,
		hint: "Check that the digest is that of this file and version; if it is, the file is damaged or was exchanged: fetch it again.",
	});
}
