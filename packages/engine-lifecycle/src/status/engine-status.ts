import { type EngineOptions, openGuardWarning } from "@rivetkit/engine-config";
import type { EngineHealth } from "@rivetkit/engine-core";
import { askDatabase, type DatabaseProbeResult, probeEngine, probeVerdict } from "@rivetkit/engine-health";
import type { PortHolder } from "@rivetkit/engine-inspect";
import { type EngineRecord, findTarget, readRecords, type TargetEngine } from "@rivetkit/engine-instances";
import { type CallOptions, type EngineContext, openComparison } from "../context.ts";
import type { Mismatch } from "../engine.ts";
import { type ComparedEngine, compareEngine } from "../reuse/compare-engine.ts";

/** The state of an engine's endpoint. */
export type EngineStatus =
	| {
			readonly kind: "running";
			readonly endpoint: string;
			readonly health: EngineHealth;
			/** The answer to the question whether the engine can read its database. */
			readonly database: DatabaseProbeResult;
			/** Undefined if it is not known. */
			readonly pid: number | undefined;
			/** The record of its start; undefined if we did not start it on this storage. */
			readonly record: EngineRecord | undefined;
			/** The differences from the engine that a start with these options would bring. */
			readonly mismatch: readonly Mismatch[];
			/** The warnings about this engine, one phrase each. */
			readonly warnings: readonly string[];
	  }
	/** The engine that we started lives, but does not answer yet, or no longer answers. */
	| {
			readonly kind: "silent";
			readonly endpoint: string;
			readonly pid: number;
			readonly record: EngineRecord;
	  }
	/** Nothing answers. */
	| { readonly kind: "not-running"; readonly endpoint: string; readonly lastStart: EngineRecord | undefined }
	/** Something other than an engine answers. */
	| {
			readonly kind: "occupied";
			readonly endpoint: string;
			readonly reason: string;
			readonly holder: PortHolder | undefined;
	  }
	/** The probe found no answer within a second, an error, or no route to the endpoint. */
	| {
			readonly kind: "unresponsive";
			readonly endpoint: string;
			readonly reason: string;
			readonly holder: PortHolder | undefined;
	  };

/**
 * Reports what is at the endpoint, after one probe. Starts nothing and waits for nothing.
 *
 * @throws EngineError `invalid_option`, `invalid_endpoint`; the signal's reason if aborted.
 */
export async function engineStatus(options: EngineOptions & CallOptions): Promise<EngineStatus> {
	const context = openComparison(options);
	const { configuration, signal } = context;
	const target = await findTarget(configuration);
	const endpoint = target.endpoint.url;
	const verdict = probeVerdict(await probeEngine(target.endpoint, { signal }));
	switch (verdict.kind) {
		case "free": {
			const { recorded, record } = target;
			if (record !== undefined) return { kind: "silent", endpoint, pid: record.identity.pid, record };
			return {
				kind: "not-running",
				endpoint,
				lastStart: recorded.kind === "present" ? recorded.record : undefined,
			};
		}
		case "occupied":
			return { kind: "occupied", endpoint, reason: verdict.reason, holder: await holderAt(target) };
		case "undecided":
			return { kind: "unresponsive", endpoint, reason: verdict.reason, holder: await holderAt(target) };
		case "engine":
			return await runningStatus(context, target, verdict.health);
	}
}

async function runningStatus(
	context: EngineContext,
	target: TargetEngine,
	health: EngineHealth,
): Promise<EngineStatus> {
	const { configuration, signal } = context;
	const token = configuration.secrets.adminToken;
	const [{ database, hasToken }, compared] = await Promise.all([
		askDatabase(target.endpoint, { token, signal }),
		target.isHere ? compare(context, target, health) : undefined,
	]);
	// `hasToken` is undefined while the database does not answer: the engine may still have a token.
	const warning = openGuardWarning({ host: compared?.running.actual.bindHost, hasToken });
	return {
		kind: "running",
		endpoint: target.endpoint.url,
		health,
		database,
		pid: target.record?.identity.pid ?? (await holderAt(target))?.pid,
		record: target.record,
		mismatch: compared?.mismatch ?? [],
		warnings: warning === undefined ? [] : [warning],
	};
}

/** Finds the process that holds the engine's port; undefined if the endpoint is on another machine. */
async function holderAt({ isHere, guardPort, endpoint }: TargetEngine): Promise<PortHolder | undefined> {
	if (!isHere) return undefined;
	const { portHolder } = await import("@rivetkit/engine-inspect");
	return await portHolder(guardPort, endpoint.probeHosts[0]);
}

async function compare(
	{ configuration, signal }: EngineContext,
	{ guardPort }: TargetEngine,
	health: EngineHealth,
): Promise<ComparedEngine> {
	const found = { health, records: await readRecords(configuration.target.layout) };
	return await compareEngine(configuration, found, { port: guardPort, isForDisplay: true, signal });
}
