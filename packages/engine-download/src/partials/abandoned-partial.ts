import { readFile } from "node:fs/promises";
import { isProcessIdentity, judgeProcess, type ProcessIdentity } from "@rivetkit/engine-core/process";

/** The record beside a partial download. */
export interface PartialRecord {
	readonly format: 1;
	/** The process that writes the partial; null after that process has given the partial up. */
	readonly owner: ProcessIdentity | null;
}

/**
 * Returns whether no process writes a partial download any more: its owner has given it up, or is proven dead.
 *
 * @param options - `ifUnknown`: the result if the owner cannot be checked. @defaultValue false
 */
export async function isAbandoned(
	partial: string,
	options: { readonly ifUnknown?: boolean } = {},
): Promise<boolean> {
	return await isRecordAbandoned(partialRecordPath(partial), options);
}

/** Does the same for the path of a record. The record may be a draft, which was not renamed to its final name. */
export async function isRecordAbandoned(
	recordFile: string,
	{ ifUnknown = false }: { readonly ifUnknown?: boolean } = {},
): Promise<boolean> {
	const record = await readFile(recordFile, "utf8").then(parseRecord, () => undefined);
	if (record === undefined) return ifUnknown;
	if (record.owner === null) return true;
	const judgement = await judgeProcess(record.owner);
	return judgement === "unknown" ? ifUnknown : judgement === "dead";
}

/** The path of the record beside a partial download. */
export function partialRecordPath(partial: string): string {
	return `${partial}.json`;
}

function parseRecord(text: string): PartialRecord | undefined {
	try {
		const value: unknown = JSON.parse(text);
		if (value === null || typeof value !== "object" || !("owner" in value)) return undefined;
		return value.owner === null || isProcessIdentity(value.owner) ? (value as PartialRecord) : undefined;
	} catch {
		return undefined;
	}
}
