import type { InstanceLayout, Logger } from "@rivetkit/engine-core";
import { type EngineRecord, readRecords } from "./record.ts";
import { writeRecord } from "./write-record.ts";

/** An instance whose records are written, and where it is told that they cannot be. */
export interface RecordedInstance {
	readonly layout: InstanceLayout;
	readonly logger: Logger;
}

/**
 * Changes the record of an engine as it stands now, so that what others have written into it since stays. The record
 * of another start is left alone. One that cannot be written is a warning.
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
