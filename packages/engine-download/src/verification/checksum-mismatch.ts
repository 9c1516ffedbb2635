import { EngineError } from "@rivetkit/engine-core";

/** A file that does not have the expected digest. */
export interface ChecksumMismatch {
	readonly artifact: string;
	/** 64 hex digits in lower case; `received` has the same form. */
	readonly expected: string;
	readonly received: string;
	/** The path of the file, if it is on this machine. */
	readonly path?: string | undefined;
	/** The URL that the file was fetched from, without credentials. */
	readonly url?: string | undefined;
	/** Advice on what to do about the mismatch. */
	readonly hint: string;
}

/** Makes the error for a file that does not have the expected digest. */
export function checksumMismatchError(mismatch: ChecksumMismatch): EngineError<"checksum_mismatch"> {
	const { artifact, expected, received } = mismatch;
	return new EngineError(
		"checksum_mismatch",
		`Engine binary checksum mismatch for '${artifact}': expected ${expected}, received ${received}.`,
		{ metadata: { ...mismatch } },
	);
}
