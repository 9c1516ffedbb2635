import type { EngineConfiguration } from "@rivetkit/engine-config";
import { guardPort, managedBy } from "@rivetkit/engine-config";
import { type EngineEndpoint, parseEndpoint } from "@rivetkit/engine-core";
import { judgeRecord } from "../records/living-record.ts";
import { type EngineRecord, type ReadRecord, readRecords } from "../records/record.ts";

/** The engine that a call is about: its endpoint, and what is recorded of it. */
export interface TargetEngine {
	readonly endpoint: EngineEndpoint;
	/** The port that the guard binds. */
	readonly guardPort: number;
	/** Whether the endpoint is this machine's. A process on the same port here is not touched for another machine's endpoint. */
	readonly isHere: boolean;
	/** The record of the engine that we started at this endpoint, proven to be alive. */
	readonly record: EngineRecord | undefined;
	/** The content of `owner.json`, whether or not that engine is alive. */
	readonly recorded: ReadRecord<EngineRecord>;
}

/** Tells whether a recorded engine, as far as its record says, is the engine that answers at the endpoint. */
export function answersAt({ ports, bindHost }: EngineRecord, configuration: EngineConfiguration): boolean {
	if (ports.guard !== guardPort(configuration)) return false;
	const { port, probeHosts } = configuration.endpoint.value;
	const isEverywhere = bindHost === "0.0.0.0" || bindHost === "::";
	// With a port forwarded in between, an endpoint's host does not say where the engine listens.
	return isEverywhere || port !== ports.guard || probeHosts.includes(bindHost);
}

/**
 * Finds the engine that a call is about: the engine at the endpoint, if the options name one; else the living engine in
 * the instance's record, whatever its port; else the engine at the default endpoint.
 */
export async function findTarget(configuration: EngineConfiguration): Promise<TargetEngine> {
	const { layout, endpoint, bindPort, bindHost, spawn } = configuration;
	const { recorded } = await readRecords(layout);
	const port = guardPort(configuration);
	const named = { endpoint: endpoint.value, guardPort: port, record: undefined, recorded };
	if (managedBy(spawn.value, endpoint.value, bindHost.value).kind === "remote")
		return { ...named, isHere: false };
	const record = await judgeRecord(recorded, layout);
	if (record?.ports.guard === port) return { ...named, record, isHere: true };
	const isNamed = [endpoint, bindPort, bindHost].some(({ origin }) => origin.kind !== "default");
	if (record === undefined || isNamed) return { ...named, isHere: true };
	const recordedEndpoint = parseEndpoint(record.endpoint);
	return { endpoint: recordedEndpoint, guardPort: record.ports.guard, record, recorded, isHere: true };
}
