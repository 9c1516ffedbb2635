import { readJson } from "../files/read-json.ts";

/** Content of `<file>.receipt.json`, beside a binary that we installed: facts that show whether the binary was changed. */
export interface EngineReceipt {
	readonly format: 1;
	/** 64 hex digits in lower case. */
	readonly sha256: string;
	readonly sizeBytes: number;
	/** The file's mtime in whole seconds since 1970, since archives do not keep fractions. */
	readonly mtimeSeconds: number;
	/** The URL that the file was fetched from, without credentials; empty if that is not known. */
	readonly url: string;
	/** ISO 8601. */
	readonly installedAt: string;
	/** The version that the binary itself prints; null if the binary was not asked. */
	readonly engineVersion: string | null;
}

/** Content of a receipt file. */
export type ReadReceipt =
	| { readonly kind: "present"; readonly receipt: EngineReceipt }
	| { readonly kind: "absent" }
	| { readonly kind: "corrupt"; readonly path: string; readonly reason: string };

/** Reads the receipt of a binary. A missing, unreadable or garbled receipt is a value, not an error. */
export async function readReceipt(file: string): Promise<ReadReceipt> {
	const read = await readJson(receiptPath(file), (value) => (isReceipt(value) ? value : undefined));
	return read.kind === "present" ? { kind: "present", receipt: read.value } : read;
}

/** Returns the path of a binary's receipt. */
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
