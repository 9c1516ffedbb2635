import { isProcessIdentity, type ProcessIdentity } from "../process/index.ts";

/** Content of a generation's file while its owner holds the lock. This format is on disk: see {@link parseRecord}. */
export interface LockRecord {
	readonly format: 1;
	readonly owner: ProcessIdentity;
	/** New for every attempt: one process may take a lock many times, and several of its tasks may try at once. */
	readonly nonce: string;
	readonly purpose: string;
	/** ISO 8601. For people only: no decision depends on this time. */
	readonly createdAt: string;
}

/** Holder of a lock, as far as it is known. */
export interface LockHolder {
	/** Undefined if the holder's record may not be read. */
	readonly identity: ProcessIdentity | undefined;
	/** `unknown` if the holder is in another container or on another machine, or the platform shows too little about it. */
	readonly judgement: "alive" | "unknown";
	readonly purpose: string;
	/** ISO 8601; empty if the record may not be read. */
	readonly since: string;
}

/** Content of a generation's file after its release. */
export const RELEASED = "released\n";

/** The content of a generation's file. */
export type RecordContent =
	| { readonly kind: "held"; readonly record: LockRecord }
	| { readonly kind: "released" }
	| { readonly kind: "garbage" };

/** Reads the content of a generation's file: the word `released`, or a {@link LockRecord} as JSON. */
export function parseRecord(text: string): RecordContent {
	if (text.trim() === RELEASED.trim()) return { kind: "released" };
	try {
		const value: unknown = JSON.parse(text);
		return isRecord(value) ? { kind: "held", record: value } : { kind: "garbage" };
	} catch {
		return { kind: "garbage" };
	}
}

function isRecord(value: unknown): value is LockRecord {
	const { format, owner, nonce, purpose, createdAt } = (value ?? {}) as Partial<Record<string, unknown>>;
	return (
		format === 1 &&
		isProcessIdentity(owner) &&
		[nonce, purpose, createdAt].every((one) => typeof one === "string")
	);
}
