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
			/** Undefined if it cannot be told. */
			readonly pid: number | undefined;
			/** The record of its start; undefined if we did not start it on this storage. */
			readonly record: EngineRecord | undefined;
			/** The differences from the engine that a start with these options would bring. */
			readonly mismatch: readonly Mismatch[];
			/** The dangers of this engine, in a phrase each. */
			readonly warnings: readonly string[];
	  }
	/** The engine that we started lives and does not answer yet, or no more. */
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
	/** No answer within a second, an error, or no way there. */
	| {
			readonly kind: "unresponsive";
			readonly endpoint: string;
			readonly reason: string;
			readonly holder: PortHolder | undefined;
	  };

/**
 * Says what is at the endpoint, by one probe. Starts nothing and waits for nothing.
 *
 * @throws EngineError `invalid_option`, `invalid_endpoint`; the signal's reason if aborted.
 */
export async function engineStatus(options: EngineOptions & CallOptions): Promise<EngineStatus> {
	const context = openComparison(options);
	const { configuration, signal } = context;
	const target = await findTarget(configuration);
	const endpoint = target.endpoint.url;
	const verdict = probeVerdict(await probeEngine(target.endpoint, { signal }));
	const findHolder = async (): Promise<PortHolder | undefined> => {
		if (!target.isHere) return undefined;
		const { portHolder } = await import("@rivetkit/engine-inspect");
		return await portHolder(target.guardPort, target.endpoint.probeHosts[0]);
	};
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
			return { kind: "occupied", endpoint, reason: verdict.reason, holder: await findHolder() };
		case "undecided":
			return { kind: "unresponsive", endpoint, reason: verdict.reason, holder: await findHolder() };
		case "engine": {
			const token = configuration.secrets.adminToken;
			const [{ database, hasToken }, compared] = await Promise.all([
				askDatabase(target.endpoint, { token, signal }),
				target.isHere ? compare(context, target, verdict.health) : undefined,
			]);
			// Undefined, not false, while the database does not answer: the engine may have a token all the same.
			const warning = openGuardWarning({ host: compared?.running.actual.bindHost, hasToken });
			return {
				kind: "running",
				endpoint,
				health: verdict.health,
				database,
				pid: target.record?.identity.pid ?? (await findHolder())?.pid,
				record: target.record,
				mismatch: compared?.mismatch ?? [],
				warnings: warning === undefined ? [] : [warning],
			};
		}
	}
}

async function compare(
	{ configuration, signal }: EngineContext,
	{ guardPort }: TargetEngine,
	health: EngineHealth,
): Promise<ComparedEngine> {
	const found = { health, records: await readRecords(configuration.target.layout) };
	return await compareEngine(configuration, found, { port: guardPort, isForDisplay: true, signal });
}
