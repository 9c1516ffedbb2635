import type { TargetConfiguration } from "@rivetkit/engine-config";
import { type EngineEndpoint, parseEndpoint } from "@rivetkit/engine-core";
import { judgeRecord } from "../records/living-record.ts";
import { type EngineRecord, type ReadRecord, readRecords } from "../records/record.ts";

/** The engine that a call is about: its endpoint, and what is recorded about it. */
export interface TargetEngine {
	readonly endpoint: EngineEndpoint;
	/** The port that the guard binds. */
	readonly guardPort: number;
	/** True if the endpoint is on this machine. Otherwise no process here is the target, even on the same port. */
	readonly isHere: boolean;
	/** The record of the engine that we started at this endpoint, proven to be alive. */
	readonly record: EngineRecord | undefined;
	/** The content of `owner.json`, whether or not that engine is alive. */
	readonly recorded: ReadRecord<EngineRecord>;
}

/** True if a recorded engine, according to its record, is the engine that answers at the endpoint. */
export function answersAt(
	{ ports, bindHost }: EngineRecord,
	{ target }: Pick<TargetConfiguration, "target">,
): boolean {
	if (ports.guard !== target.guardPort) return false;
	const { port, probeHosts } = target.endpoint;
	const isEverywhere = bindHost === "0.0.0.0" || bindHost === "::";
	// If a port is forwarded, the endpoint's host does not show where the engine listens.
	return isEverywhere || port !== ports.guard || probeHosts.includes(bindHost);
}

/**
 * Finds the engine that a call is about: the engine at the endpoint, if the options name one; else the living engine in
 * the instance's record, whatever its port; else the engine at the default endpoint.
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
