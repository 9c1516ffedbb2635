import { EngineError, type Environment } from "@rivetkit/engine-core";
import {
	identifyProcess,
	judgeProcess,
	type ProcessIdentity,
	sessionOfProcess,
} from "@rivetkit/engine-core/process";
import { describeProbe, probeEngine } from "@rivetkit/engine-health";
import { type EngineContext, openContext } from "./context.ts";
import { endProcess } from "./end-process.ts";
import { processEnvironment } from "./environment.ts";
import { type LocatedEngine, locateEngine } from "./locate-engine.ts";
import type { EngineOptions } from "./options.ts";
import { proveUpstreamEngine } from "./prove-upstream.ts";
import { duration, invalidOption } from "./validate-options.ts";

/** Which engine to stop, and how long it may take. */
export interface StopOptions extends EngineOptions {
	/** How long the engine has to end by itself before it is killed, in milliseconds. @defaultValue 10000 */
	readonly graceMs?: number | undefined;
}

/** What came of a stop. */
export type StopResult =
	| {
			readonly kind: "stopped";
			readonly endpoint: string;
			readonly pid: number;
			/** `killed` if the engine did not end within the grace. */
			readonly outcome: "exited" | "killed";
			readonly tookMs: number;
	  }
	/** Nothing answers. `detail` says what a record that is out of date was about. */
	| { readonly kind: "not-running"; readonly endpoint: string; readonly detail: string | undefined };

/**
 * Stops the engine, whichever process started it: SIGTERM, then SIGKILL when the grace is over. Only after
 * proof that the process is the engine of this storage; starts nothing.
 *
 * @throws EngineError `not_ours` where there is no such proof; `endpoint_unresponsive` if the process
 * survives; `invalid_option`, `invalid_endpoint`; the signal's reason if aborted.
 */
export async function stopEngine(options: StopOptions = {}): Promise<StopResult> {
	return await stopEngineIn(processEnvironment(), options);
}

/** {@link stopEngine} with the variables that it goes by. */
export async function stopEngineIn(environment: Environment, options: StopOptions): Promise<StopResult> {
	const { graceMs = 10_000, ...rest } = options;
	const expected = duration(graceMs);
	if (expected !== undefined) throw invalidOption("graceMs", graceMs, expected);
	const context = openContext(rest, environment);
	const located = await locateEngine(context.configuration);
	const endpoint = located.endpoint.url;
	if (!located.isHere) throw notOurs(context, located, { reason: "its endpoint is not on this machine" });
	const identity = located.owner?.identity ?? (await proveStranger(context, located));
	if (identity === undefined) return { kind: "not-running", endpoint, detail: await describeRecord(located) };
	const startedAt = performance.now();
	// An engine of ours leads a session with nothing in it but what a wrapper script may have started.
	const leadsSession = located.owner !== undefined && (await sessionOfProcess(identity.pid)) === identity.pid;
	const outcome = await endProcess({
		identity,
		leadsSession,
		endpoint: located.endpoint,
		graceMs,
		signal: context.signal,
	});
	context.logger.info({ pid: identity.pid, endpoint, outcome }, "stopped engine process");
	return { kind: "stopped", endpoint, pid: identity.pid, outcome, tookMs: performance.now() - startedAt };
}

/** The identity of an engine that we did not start, once it is proven; undefined if nothing is there. */
async function proveStranger(
	context: EngineContext,
	located: LocatedEngine,
): Promise<ProcessIdentity | undefined> {
	const answer = await probeEngine(located.endpoint, { signal: context.signal });
	if (answer.kind === "free") return undefined;
	if (answer.kind === "foreign" || answer.kind === "not-an-engine") {
		throw notOurs(context, located, { reason: describeProbe(answer) });
	}
	const { databasePath } = context.configuration.layout;
	const proof = await proveUpstreamEngine(located, databasePath);
	if (proof.kind === "unproven") throw notOurs(context, located, proof);
	return proof.identity;
}

function notOurs(
	context: EngineContext,
	{ endpoint }: LocatedEngine,
	{ reason, pid }: { readonly reason: string; readonly pid?: number | undefined },
): EngineError<"not_ours"> {
	const { folder } = context.configuration.layout;
	return new EngineError(
		"not_ours",
		`What is at '${endpoint.url}' is not known to be the engine of '${folder}', and was left alone: ${reason}.`,
		{
			metadata: {
				endpoint: endpoint.url,
				reason,
				pid,
				hint: "If it is an engine, name the storage root and port that it was started with (`--storage-root`, `--bind-port`); if not, stop it with its own tool.",
			},
		},
	);
}

async function describeRecord({ recorded }: LocatedEngine): Promise<string | undefined> {
	if (recorded.kind === "absent") return undefined;
	if (recorded.kind === "corrupt")
		return `the record '${recorded.path}' could not be read: ${recorded.reason}`;
	const { identity } = recorded.stamp;
	switch (await judgeProcess(identity)) {
		case "alive":
			return `the engine of this storage runs at '${recorded.stamp.endpoint}'`;
		case "unknown":
			return `the recorded engine (pid ${identity.pid}) was started where this process cannot look, such as another container`;
		case "dead": {
			const stranger = await identifyProcess(identity.pid);
			return (
				stranger && `the recorded pid ${identity.pid} belongs to another process now, which was left alone`
			);
		}
	}
}
