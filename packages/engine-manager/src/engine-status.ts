import { type EngineHealth, type Environment, type OwnerStamp, readStamp } from "@rivetkit/engine-core";
import {
	type DatabaseProbeResult,
	describeAnswer,
	probeDatabase,
	probeEngine,
} from "@rivetkit/engine-health";
import type { PortHolder } from "@rivetkit/engine-spawn";
import type { Mismatch } from "./compare-running.ts";
import { compareRunning } from "./compare-running.ts";
import { openContext } from "./context.ts";
import { describeRunning } from "./describe-running.ts";
import { processEnvironment } from "./environment.ts";
import { expectedEngine } from "./expected-engine.ts";
import { loadSpawn } from "./lazy-packages.ts";
import { locateEngine } from "./locate-engine.ts";
import type { EngineOptions } from "./options.ts";

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
			readonly owner: OwnerStamp | undefined;
			/** In what it differs from what a start with these options would bring. */
			readonly mismatch: readonly Mismatch[];
	  }
	/** Nothing answers. */
	| { readonly kind: "not-running"; readonly endpoint: string; readonly lastStart: OwnerStamp | undefined }
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
export async function engineStatus(options: EngineOptions = {}): Promise<EngineStatus> {
	return await engineStatusIn(processEnvironment(), options);
}

/** {@link engineStatus} with the variables that it goes by. */
export async function engineStatusIn(
	environment: Environment,
	options: EngineOptions,
): Promise<EngineStatus> {
	const { configuration, signal } = openContext(options, environment);
	const located = await locateEngine(configuration);
	const endpoint = located.endpoint.url;
	const answer = await probeEngine(located.endpoint, { signal });
	const { portHolder } = await loadSpawn();
	switch (answer.kind) {
		case "free": {
			const { recorded } = located;
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
				reason: describeAnswer(answer),
				holder: await portHolder(located.guardPort),
			};
		case "unhealthy":
		case "unresponsive":
		case "unreachable":
			return {
				kind: "unresponsive",
				endpoint,
				reason: describeAnswer(answer),
				holder: await portHolder(located.guardPort),
			};
		case "engine": {
			const [database, running, expected] = await Promise.all([
				probeDatabase(located.endpoint, { signal }),
				readStamp(configuration.layout).then((stamps) =>
					describeRunning(stamps, configuration.layout, located.guardPort),
				),
				expectedEngine(configuration, answer.health),
			]);
			return {
				kind: "running",
				endpoint,
				health: answer.health,
				database,
				pid: located.owner?.identity.pid ?? (await portHolder(located.guardPort))?.pid,
				owner: located.owner,
				mismatch: compareRunning(expected, { ...running.actual, version: answer.health.version }),
			};
		}
	}
}
