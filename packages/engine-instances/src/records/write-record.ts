import { type Logger, writeWhole } from "@rivetkit/engine-core";
import type { EngineRecord, RivetkitRecord } from "./record.ts";

/** Writes a record. That it cannot be written is a warning: records are advice, the engine runs. */
export async function writeRecord(
	logger: Logger,
	path: string,
	record: EngineRecord | RivetkitRecord,
): Promise<void> {
	await writeWhole(path, `${JSON.stringify(record, null, 2)}\n`).catch((error: unknown) => {
		logger.warn({ path, error }, "the record of the engine could not be written");
	});
}
