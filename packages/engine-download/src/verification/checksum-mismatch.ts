import { EngineError } from "@rivetkit/engine-core";

/** A file and two digests of it that should be one. */
export interface ChecksumMismatch {
	readonly artifact: string;
	/** 64 hex digits in lower case, as `received`. */
	readonly expected: string;
	readonly received: string;
	/** Where the file is. */
	readonly path?: string | undefined;
	/** Where the file came from. */
	readonly url?: string | undefined;
	/** What to do about it. */
	readonly hint: string;
}

/** The error for a file whose digest is not the expected one. */
export function checksumMismatchError(mismatch: ChecksumMismatch): EngineError<"checksum_mismatch"> {
	const { artifact, expected, received } = mismatch;
	return new EngineError(
		"checksum_mismatch",
		`Engine binary checksum mismatch for '${artifact}': expected ${expected}, received ${received}.`,
		{ metadata: { ...mismatch } },
	);
}
