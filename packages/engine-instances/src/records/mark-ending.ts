import type { EngineRecord } from "./record.ts";
import { type RecordedInstance, updateRecord } from "./update-record.ts";

/**
 * Writes into the record of an engine that it is ended on purpose, so that nobody takes its end for a crash
 * and starts it again. The record of another start is left alone. Where it cannot be written, the end goes on.
 *
 * @param ending - Undefined to take it back, where the engine could not be ended.
 */
export async function markEnding(
	instance: RecordedInstance,
	{ instanceId }: EngineRecord,
	ending: EngineRecord["ending"],
): Promise<void> {
	await updateRecord(instance, instanceId, (record) =>
		record.ending === ending ? record : { ...record, ending },
	);
}
