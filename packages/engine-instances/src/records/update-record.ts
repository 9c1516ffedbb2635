import { type InstanceLayout, type Logger, writeWhole } from "@rivetkit/engine-core";
import { type EngineRecord, type RivetkitRecord, readRecords } from "./record.ts";

/** An instance whose records are written, and the logger that is told when a record cannot be written. */
export interface RecordedInstance {
	readonly layout: InstanceLayout;
	readonly logger: Logger;
}

/**
 * Changes the record of an engine as it stands now, so that what others have written into it since stays. Leaves the
 * record of another start alone. Logs a warning where the record cannot be written.
 *
 * @param change - Returns what it was given where there is nothing to change.
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
 * Writes into the record of an engine that it is ended on purpose, so that nobody takes its end for a crash
 * and starts it again. Leaves the record of another start alone. Where the record cannot be written, the end goes on.
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

/** Writes a record. A record that cannot be written is a warning: records are advice, and the engine runs. */
export async function writeRecord(
	logger: Logger,
	path: string,
	record: EngineRecord | RivetkitRecord,
): Promise<void> {
	await writeWhole(path, `${JSON.stringify(record, null, 2)}\n`).catch((error: unknown) => {
		logger.warn({ path, error }, "the record of the engine could not be written");
	});
}
