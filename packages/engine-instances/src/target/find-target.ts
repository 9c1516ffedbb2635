import type { TargetConfiguration } from "@rivetkit/engine-config";
import { type EngineEndpoint, parseEndpoint } from "@rivetkit/engine-core";
import { judgeRecord } from "../records/living-record.ts";
import { type EngineRecord, type ReadRecord, readRecords } from "../records/record.ts";

/** Where the engine that is meant should be, and what is recorded of it. */
export interface TargetEngine {
	readonly endpoint: EngineEndpoint;
	/** The port that the guard binds. */
	readonly guardPort: number;
	/** Whether the endpoint is this machine's; what only looks alike, by its port, is not touched. */
	readonly isHere: boolean;
	/** The record of the engine that we started at this endpoint, proven to be alive. */
	readonly record: EngineRecord | undefined;
	/** Whatever `owner.json` says, alive or not. */
	readonly recorded: ReadRecord<EngineRecord>;
}

/** Whether a recorded engine, as far as its record goes, is the one that answers at the endpoint. */
export function answersAt(
	{ ports, bindHost }: EngineRecord,
	{ target }: Pick<TargetConfiguration, "target">,
): boolean {
	if (ports.guard !== target.guardPort) return false;
	const { port, probeHosts } = target.endpoint;
	const isEverywhere = bindHost === "0.0.0.0" || bindHost === "::";
	// With another port in between, an endpoint's host says nothing of where the engine listens.
	return isEverywhere || port !== ports.guard || probeHosts.includes(bindHost);
}

/**
 * Finds which engine is meant: the one at the endpoint, if somebody named one; else the one that the
 * instance's record says is alive, whatever its port; else the one at the default endpoint.
 */
export async function findTarget({ target }: Pick<TargetConfiguration, "target">): Promise<TargetEngine> {
	const { layout, endpoint, guardPort, managedBy, isNamed } = target;
	const { recorded } = await readRecords(layout);
	const named = { endpoint, guardPort, record: undefined, recorded };
	if (managedBy.kind === "remote") return { ...named, isHere: false };
	const record = await judgeRecord(recorded, layout);
	if (record?.ports.guard === guardPort) return { ...named, record, isHere: true };
	if (record === undefined || isNamed) return { ...named, isHere: true };
	const recordedEndpoint = parseEndpoint(record.endpoint);
	return { endpoint: recordedEndpoint, guardPort: record.ports.guard, record, recorded, isHere: true };
}
