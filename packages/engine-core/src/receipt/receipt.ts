import { readJson } from "../files/read-json.ts";

/** `<file>.receipt.json`: what stands beside a binary that we installed, and tells whether it is still that. */
export interface EngineReceipt {
	readonly format: 1;
	/** 64 hex digits in lower case. */
	readonly sha256: string;
	readonly sizeBytes: number;
	/** Of the file, in whole seconds since 1970: archives keep no more. */
	readonly mtimeSeconds: number;
	/** Where the file came from, without credentials; empty where that is not known. */
	readonly url: string;
	/** ISO 8601. */
	readonly installedAt: string;
	/** As the binary itself says; null as long as nobody has asked it. */
	readonly engineVersion: string | null;
}

/** One receipt file, read. */
export type ReadReceipt =
	| { readonly kind: "present"; readonly receipt: EngineReceipt }
	| { readonly kind: "absent" }
	| { readonly kind: "corrupt"; readonly path: string; readonly reason: string };

/** Reads the receipt of a binary. A missing, unreadable or garbled one is a value, not an error. */
export async function readReceipt(file: string): Promise<ReadReceipt> {
	const read = await readJson(receiptPath(file), (value) => (isReceipt(value) ? value : undefined));
	return read.kind === "present" ? { kind: "present", receipt: read.value } : read;
}

/** Where the receipt of a binary stands. */
export function receiptPath(file: string): string {
	return `${file}.receipt.json`;
}

function isReceipt(value: unknown): value is EngineReceipt {
	if (value === null || typeof value !== "object") return false;
	const { format, sha256, sizeBytes, mtimeSeconds, url, installedAt, engineVersion } =
		value as Partial<EngineReceipt>;
	return (
		format === 1 &&
		typeof sha256 === "string" &&
		/^[0-9a-f]{64}$/.test(sha256) &&
		Number.isSafeInteger(sizeBytes) &&
		Number.isSafeInteger(mtimeSeconds) &&
		typeof url === "string" &&
		typeof installedAt === "string" &&
		!Number.isNaN(Date.parse(installedAt)) &&
		(engineVersion === null || typeof engineVersion === "string")
	);
}
