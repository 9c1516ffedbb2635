import { type OwnerStamp, type RuntimeStamp, writeWhole } from "@rivetkit/engine-core";
import type { EngineContext } from "./context.ts";

/** Writes a record. That it cannot be written is a warning: stamps are advice, the engine runs. */
export async function writeRecord(
	{ logger }: EngineContext,
	path: string,
	stamp: OwnerStamp | RuntimeStamp,
): Promise<void> {
	await writeWhole(path, `${JSON.stringify(stamp, null, 2)}\n`).catch((error: unknown) => {
		logger.warn({ path, error }, "the record of the engine could not be written");
	});
}
