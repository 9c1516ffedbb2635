import { open } from "node:fs/promises";
import path from "node:path";
import { type HashedContent, hashOpenFile } from "@rivetkit/engine-core/receipt";
import { abortSignal, filePath, optional, string } from "../options/option-checks.ts";
import { requireOption, requireOptions } from "../options/require-options.ts";
import { checksumMismatchError } from "./checksum-mismatch.ts";
import { parseDigest } from "./parse-digest.ts";

export type { HashedContent } from "@rivetkit/engine-core/receipt";

/** The codes that {@link verifyFile} throws. */
export type VerifyErrorCode = "checksum_mismatch" | "invalid_option";

/** Options for hashing a file. */
export interface HashOptions {
	readonly signal?: AbortSignal | undefined;
}

/**
 * Returns the SHA-256 and the size of a file. The file is read once, with 1 MiB of it in memory at a time.
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
 * Checks that a file has the expected digest, and returns the result of {@link sha256File}.
 *
 * @param expectedSha256 - 64 hex digits, in lower or upper case.
 * @throws EngineError `checksum_mismatch`; `invalid_option`, before the file is read; the signal's reason if aborted; the
 * system's own error if the file cannot be read.
 */
export async function verifyFile(
	file: string,
	expectedSha256: string,
	options: HashOptions = {},
): Promise<HashedContent> {
	requireOption("expectedSha256", expectedSha256, string);
	const expected = parseDigest(expectedSha256, "expectedSha256");
	const content = await sha256File(file, options);
	if (content.sha256 === expected) return content;
	throw checksumMismatchError({
		artifact: path.basename(file),
		expected,
		received: content.sha256,
		path: file,
		hint: "Check that the digest belongs to this file and version; if it does, the file is damaged or was replaced: fetch it again.",
	});
}
