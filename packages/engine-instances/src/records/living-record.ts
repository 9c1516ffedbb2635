import type { InstanceLayout } from "@rivetkit/engine-core";
import { judgeProcess } from "@rivetkit/engine-core/process";
import { type EngineRecord, type ReadRecord, readRecords } from "./record.ts";
import { recordBelongs } from "./record-belongs.ts";

/** Reads an instance's `owner.json`; undefined unless the recorded process is alive and is this instance's engine. */
export async function livingRecord(layout: InstanceLayout): Promise<EngineRecord | undefined> {
	return await judgeRecord((await readRecords(layout)).recorded, layout);
}

/** Returns the record if the recorded process is alive and is this instance's engine; else undefined. */
export async function judgeRecord(
	recorded: ReadRecord<EngineRecord>,
	layout: InstanceLayout,
): Promise<EngineRecord | undefined> {
	if (recorded.kind !== "present") return undefined;
	const { record } = recorded;
	const isAlive = (await judgeProcess(record.identity)) === "alive";
	return isAlive && (await recordBelongs(record, layout)) ? record : undefined;
}
