import { type InstanceLayout, type Logger, writeWhole } from "@rivetkit/engine-core";
import { type EngineRecord, type RivetkitRecord, readRecords } from "./record.ts";

/** An instance whose records are written, and the logger for records that cannot be written. */
export interface RecordedInstance {
	readonly layout: InstanceLayout;
	readonly logger: Logger;
}

/**
 * Reads an engine's record, changes it and writes it, so that changes by other processes stay. Does not change the record
 * of another start. Logs a warning if the record cannot be written.
 *
 * @param change - Returns the same object if there is nothing to change.
 */
export async function updateRecord(
	{ layout, logger }: RecordedInstance,
	instanceId: string,
	change: (record: EngineRecord) => EngineRecord,
): Promise<void> {
	const { recorded } = await readRecords(layout);
	if (recorded.kind !== "present" || recorded.record.instanceId !== instanceId) return;
	const changed = change(recorded.record);
	if (changed !== recorded.record) await writeRecord(logger, layout.recordPath, changed);
}

/**
 * Marks an engine's record before the engine is ended on purpose, so that no host treats the end as a crash and starts the
 * engine again. Does not change the record of another start. Logs a warning if the record cannot be written.
 *
 * @param ending - Undefined removes the mark, for an engine that could not be ended.
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

/** Writes a record. Logs a warning if that fails, since the engine runs anyway. */
export async function writeRecord(
	logger: Logger,
	path: string,
	record: EngineRecord | RivetkitRecord,
): Promise<void> {
	await writeWhole(path, `${JSON.stringify(record, null, 2)}\n`).catch((error: unknown) => {
		logger.warn({ path, error }, "the record of the engine could not be written");
	});
}
