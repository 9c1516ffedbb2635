import { engineBindsLoopbackOnly, portOccupied } from "@rivetkit/engine-core";
import { awaitDatabase } from "./cluster/await-database.ts";
import { compareRunning, type Mismatch } from "./compare-running.ts";
import type { EngineConfiguration } from "./configuration.ts";
import type { EngineContext } from "./context.ts";
import { describeRunning, type RunningEngine } from "./describe-running.ts";
import type { Engine } from "./engine.ts";
import { expectedEngine } from "./expected-engine.ts";
import type { FoundEngine } from "./find-running.ts";
import { guardPort } from "./guard-binding.ts";
import { completeForAnother } from "./stamps.ts";
import { versionMismatch } from "./version-mismatch.ts";
import { watchReusedEngine } from "./watch-reused.ts";

/** An engine that runs, beside what was asked for. */
export interface ComparedEngine extends FoundEngine {
	readonly running: RunningEngine;
	readonly mismatch: readonly Mismatch[];
}

/**
 * The handle for an engine that was running already, after comparing it with what was asked for.
 *
 * @throws EngineError `port_occupied` if other machines should reach it and cannot, or if PostgreSQL was asked for and
 * it has another database; `version_mismatch` where the options say so; `health_check_failed` if its database should
 * answer and does not.
 */
export async function reuseEngine(context: EngineContext, found: FoundEngine): Promise<Engine> {
	return await reuseCompared(context, await compareEngine(context, found));
}

/** Compares an engine that runs with what was asked for. */
export async function compareEngine(context: EngineContext, found: FoundEngine): Promise<ComparedEngine> {
	const { configuration, logger } = context;
	const { health, stamps } = found;
	if (stamps.owner.kind === "corrupt") {
		logger.warn({ ...stamps.owner }, "the record of the last start could not be read");
	}
	const running = await describeRunning(stamps, configuration.layout, guardPort(configuration));
	const expected = await expectedEngine(configuration, health, context.signal);
	const mismatch = compareRunning(expected, { ...running.actual, version: health.version });
	return { ...found, running, mismatch };
}

/** {@link reuseEngine} of one that was compared already. */
export async function reuseCompared(
	context: EngineContext,
	{ health, running, mismatch }: ComparedEngine,
): Promise<Engine> {
	const { configuration, logger, emit, stopwatch } = context;
	const endpoint = configuration.endpoint.value;
	requireReusable(configuration, mismatch);
	for (const { field, expected, actual } of mismatch) {
		logger.warn(
			{ endpoint: endpoint.url, field, expected, actual },
			"reused engine differs from what was asked for",
		);
	}
	// Its host was killed before it could, or is about to.
	if (running.owner?.version === null) await completeForAnother(context, running.owner, health);
	const { status, runtime, version } = health;
	logger.info({ endpoint: endpoint.url, status, runtime, version }, "reusing already-running engine process");
	emit({ kind: "reusing", health });
	const ended = new AbortController();
	let exited: Engine["exited"] | undefined;
	const watch = (): Engine["exited"] => {
		exited ??= watchReusedEngine(endpoint, running.owner?.identity, logger, ended.signal);
		return exited;
	};
	if (configuration.ready.value === "database") {
		const timeoutMs = configuration.startTimeoutMs.value;
		await awaitDatabase(context, { exited: watch(), timeoutMs }).catch((error: unknown) => {
			ended.abort();
			throw error;
		});
	}
	return {
		endpoint: endpoint.url,
		startup: { kind: "reused", version, stamp: running.owner, mismatch, timings: stopwatch.timings() },
		health,
		get exited() {
			return watch();
		},
		[Symbol.asyncDispose]: async () => ended.abort(),
	};
}

/**
 * Checks that a running engine may be reused in spite of what is different about it.
 *
 * @throws EngineError `port_occupied`, `version_mismatch`.
 */
export function requireReusable(
	{ endpoint, onVersionMismatch, storage }: EngineConfiguration,
	mismatch: readonly Mismatch[],
): void {
	const host = mismatch.find(({ field }) => field === "bindHost");
	if (
		host?.actual !== undefined &&
		engineBindsLoopbackOnly(host.actual) &&
		!engineBindsLoopbackOnly(host.expected)
	) {
		throw portOccupied(endpoint.value, "engine", {
			reason: `it listens on ${host.actual} only, and ${host.expected} was asked for`,
			hint: `The engine that runs listens on ${host.actual} only. Stop it (\`rivet-enginectl stop\` with the same flags), then start it with ${host.expected}.`,
		});
	}
	const database = mismatch.find(({ field }) => field === "storage");
	if (database !== undefined && storage.value.kind === "postgres") {
		throw portOccupied(endpoint.value, "engine", {
			reason: `its data is in ${database.actual}, and ${database.expected} was asked for`,
			hint: "Stop that engine, or choose another port with `bindPort` (`--bind-port`) and another instance with `instancePath` (`--instance`).",
		});
	}
	const version = mismatch.find(({ field }) => field === "version");
	if (version === undefined) return;
	if (onVersionMismatch.value === "error") throw versionMismatch(endpoint.value, version);
	if (onVersionMismatch.value === "restart") {
		const reason = "another program has started it at this very moment";
		throw versionMismatch(endpoint.value, version, { reason });
	}
}
