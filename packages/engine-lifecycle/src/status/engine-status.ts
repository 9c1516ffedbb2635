import type { EngineOptions } from "@rivetkit/engine-config";
import { openGuardWarning } from "@rivetkit/engine-config";
import type { EngineHealth } from "@rivetkit/engine-core";
import { askDatabase, type DatabaseProbeResult, describeProbe, probeEngine } from "@rivetkit/engine-health";
import type { PortHolder } from "@rivetkit/engine-inspect";
import {
	describeRunning,
	type EngineRecord,
	findTarget,
	readRecords,
	type TargetEngine,
} from "@rivetkit/engine-instances";
import { type CallOptions, type EngineContext, openComparison } from "../context.ts";
import type { Mismatch } from "../engine.ts";
import { compareRunning } from "../reuse/compare-engine.ts";
import { expectedEngine } from "../reuse/expected-engine.ts";

/** What is at the endpoint of an engine. */
export type EngineStatus =
	| {
			readonly kind: "running";
			readonly endpoint: string;
			readonly health: EngineHealth;
			/** Whether the engine can read its database. */
			readonly database: DatabaseProbeResult;
			/** Undefined where it cannot be told. */
			readonly pid: number | undefined;
			/** What is recorded of its start; undefined if we did not start it on this storage. */
			readonly owner: EngineRecord | undefined;
			/** In what it differs from what a start with these options would bring. */
			readonly mismatch: readonly Mismatch[];
			/** What is dangerous about it, a phrase each. */
			readonly warnings: readonly string[];
	  }
	/** The engine that we started lives and does not answer yet, or no more. */
	| { readonly kind: "silent"; readonly endpoint: string; readonly pid: number; readonly owner: EngineRecord }
	/** Nothing answers. */
	| { readonly kind: "not-running"; readonly endpoint: string; readonly lastStart: EngineRecord | undefined }
	/** Something else than an engine answers. */
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
 * Says what is at the endpoint, by one probe. Starts nothing, waits for nothing.
 *
 * @throws EngineError `invalid_option`, `invalid_endpoint`; the signal's reason if aborted.
 */
export async function engineStatus(options: EngineOptions & CallOptions): Promise<EngineStatus> {
	const context = openComparison(options);
	const { configuration, signal } = context;
	const located = await findTarget(configuration);
	const endpoint = located.endpoint.url;
	const answer = await probeEngine(located.endpoint, { signal });
	const findHolder = async (): Promise<PortHolder | undefined> => {
		if (!located.isHere) return undefined;
		const { portHolder } = await import("@rivetkit/engine-inspect");
		return await portHolder(located.guardPort, located.endpoint.probeHosts[0]);
	};
	switch (answer.kind) {
		case "free": {
			const { recorded, owner } = located;
			if (owner !== undefined) return { kind: "silent", endpoint, pid: owner.identity.pid, owner };
			return {
				kind: "not-running",
				endpoint,
				lastStart: recorded.kind === "present" ? recorded.stamp : undefined,
			};
		}
		case "foreign":
		case "not-an-engine":
			return {
				kind: "occupied",
				endpoint,
				reason: describeProbe(answer),
				holder: await findHolder(),
			};
		case "unhealthy":
		case "unresponsive":
		case "unreachable":
			return {
				kind: "unresponsive",
				endpoint,
				reason: describeProbe(answer),
				holder: await findHolder(),
			};
		case "engine": {
			const token = configuration.secrets.adminToken;
			const [{ database, hasToken }, running] = await Promise.all([
				askDatabase(located.endpoint, { token, signal }),
				located.isHere ? compare(context, located, answer.health) : undefined,
			]);
			// While its database does not answer it may have a token all the same.
			const warning = openGuardWarning({ host: running?.bindHost, hasToken });
			return {
				kind: "running",
				endpoint,
				health: answer.health,
				database,
				pid: located.owner?.identity.pid ?? (await findHolder())?.pid,
				owner: located.owner,
				mismatch: running?.mismatch ?? [],
				warnings: warning === undefined ? [] : [warning],
			};
		}
	}
}

async function compare(
	{ configuration, signal }: EngineContext,
	{ guardPort }: TargetEngine,
	health: EngineHealth,
): Promise<{ readonly mismatch: readonly Mismatch[]; readonly bindHost: string | undefined }> {
	const stamps = await readRecords(configuration.target.layout);
	const running = await describeRunning(stamps, configuration.target.layout, guardPort);
	const expected = await expectedEngine(configuration, health, signal);
	const { actual } = running;
	// An instance's engine may have its data wherever whoever started it has said.
	const isNamed = running.owner === undefined || configuration.storage.origin.kind !== "default";
	const wanted = isNamed ? expected : { ...expected, storage: undefined };
	return {
		mismatch: compareRunning(wanted, { ...actual, version: health.version }),
		bindHost: actual.bindHost,
	};
}
