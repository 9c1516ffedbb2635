import { type OwnerStamp, readStamp } from "@rivetkit/engine-core";
import type { EngineContext } from "./context.ts";
import { writeRecord } from "./write-record.ts";

/**
 * Changes the record of an engine as it stands now, so that what others have written into it since stays. The record
 * of another start is left alone. One that cannot be written is a warning.
 *
 * @param change - Returns what it was given where there is nothing to change.
 */
export async function updateOwner(
	context: EngineContext,
	instanceId: string,
	change: (stamp: OwnerStamp) => OwnerStamp,
): Promise<void> {
	const { layout } = context.configuration;
	const { owner } = await readStamp(layout);
	if (owner.kind !== "present" || owner.stamp.instanceId !== instanceId) return;
	const changed = change(owner.stamp);
	if (changed !== owner.stamp) await writeRecord(context, layout.ownerStampPath, changed);
}
