import { type OwnerStamp, readStamp, writeWhole } from "@rivetkit/engine-core";
import type { EngineContext } from "./context.ts";

/**
 * Writes into the record of an engine that it is ended on purpose, so that nobody takes its end for a crash
 * and starts it again. The record of another start is left alone. Where it cannot be written, the end goes on.
 */
export async function markEnding(
	{ configuration, logger }: EngineContext,
	{ instanceId }: OwnerStamp,
	ending: NonNullable<OwnerStamp["ending"]>,
): Promise<void> {
	const { layout } = configuration;
	const { owner } = await readStamp(layout);
	if (owner.kind !== "present" || owner.stamp.instanceId !== instanceId) return;
	if (owner.stamp.ending === ending) return;
	const path = layout.ownerStampPath;
	await writeWhole(path, `${JSON.stringify({ ...owner.stamp, ending }, null, 2)}\n`).catch(
		(error: unknown) => {
			logger.warn({ path, error }, "the record of the engine could not be written");
		},
	);
}
