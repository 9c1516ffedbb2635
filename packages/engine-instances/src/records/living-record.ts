import type { InstanceLayout } from "@rivetkit/engine-core";
import { judgeProcess } from "@rivetkit/engine-core/process";
import { type OwnerStamp, type ReadStamp, readStamp } from "./record.ts";
import { recordBelongs } from "./record-belongs.ts";

/** The record of the engine that we started for an instance, if that very process is alive. */
export async function livingOwner(layout: InstanceLayout): Promise<OwnerStamp | undefined> {
	return await judgeOwner((await readStamp(layout)).owner, layout);
}

/** The recorded engine, if that very process is alive, and is this instance's. */
export async function judgeOwner(
	recorded: ReadStamp<OwnerStamp>,
	layout: InstanceLayout,
): Promise<OwnerStamp | undefined> {
	if (recorded.kind !== "present") return undefined;
	const { stamp } = recorded;
	const isAlive = (await judgeProcess(stamp.identity)) === "alive";
	return isAlive && (await recordBelongs(stamp, layout)) ? stamp : undefined;
}
