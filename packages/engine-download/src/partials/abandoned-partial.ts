import { readFile } from "node:fs/promises";
import { isProcessIdentity, judgeProcess, type ProcessIdentity } from "@rivetkit/engine-core/process";

/** Whose a partial download is: a process, or nobody any more (null). */
export interface PartialRecord {
	readonly format: 1;
	readonly owner: ProcessIdentity | null;
}

/**
 * Whether nobody writes a partial download any more: its owner has given it up or is proven dead.
 *
 * @param options - `ifUnknown`: the answer where that cannot be told. @defaultValue false
 */
export async function isAbandoned(
	partial: string,
	options: { readonly ifUnknown?: boolean } = {},
): Promise<boolean> {
	return await isOfNobody(partialRecordPath(partial), options);
}

/** {@link isAbandoned}, by the file of the record, which may be a draft that was never put in its place. */
export async function isOfNobody(
	recordFile: string,
	{ ifUnknown = false }: { readonly ifUnknown?: boolean } = {},
): Promise<boolean> {
	const record = await readFile(recordFile, "utf8").then(parseRecord, () => undefined);
	if (record === undefined) return ifUnknown;
	if (record.owner === null) return true;
	const judgement = await judgeProcess(record.owner);
	return judgement === "unknown" ? ifUnknown : judgement === "dead";
}

/** The file beside a partial download that says whose it is. */
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
