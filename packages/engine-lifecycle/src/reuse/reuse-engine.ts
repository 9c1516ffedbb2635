import { openGuardWarning } from "@rivetkit/engine-config";
import { completeForAnother } from "@rivetkit/engine-instances";
import { type EngineContext, recordedInstance } from "../context.ts";
import { awaitDatabase } from "../endpoint/await-database.ts";
import type { FoundEngine } from "../endpoint/find-running.ts";
import type { Engine } from "../engine.ts";
import { watchReusedEngine } from "../watch/watch-reused.ts";
import { type ComparedEngine, compareEngine } from "./compare-engine.ts";
import { requireReusable } from "./require-reusable.ts";

/**
 * Makes the handle for an engine that runs already, after comparing it with what was asked for.
 *
 * @throws EngineError `port_occupied` if other machines should reach the engine and cannot, or if PostgreSQL, NATS or a
 * token was asked for and the engine has another database, no NATS, or no token; `version_mismatch` if the options say
 * so; `health_check_failed` if its database should answer and does not; the signal's reason if aborted.
 */
export async function reuseEngine(context: EngineContext, found: FoundEngine): Promise<Engine> {
	return await reuseCompared(context, await compareFound(context, found));
}

/** Compares an engine that a start has found with what was asked for, and warns of a record that cannot be read. */
export async function compareFound(
	{ configuration, logger, signal }: EngineContext,
	found: FoundEngine,
): Promise<ComparedEngine> {
	const { recorded } = found.records;
	if (recorded.kind === "corrupt") {
		logger.warn({ ...recorded }, "the record of the last start could not be read");
	}
	return await compareEngine(configuration, found, { signal });
}

/** Reuses an engine that was compared already, as {@link reuseEngine} does. */
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
	// The host that started the engine was killed before it completed the record, or is about to complete it.
	if (running.record?.version === null)
		await completeForAnother(recordedInstance(context), running.record, health);
	const { bindHost, adminToken } = running.actual;
	const hasToken = adminToken === undefined ? undefined : adminToken === "set";
	const warning = openGuardWarning({ host: bindHost, hasToken });
	if (warning !== undefined) logger.warn({ endpoint: endpoint.url }, warning);
	const { status, runtime, version } = health;
	logger.info({ endpoint: endpoint.url, status, runtime, version }, "reusing already-running engine process");
	emit({ kind: "reusing", health });
	const ended = new AbortController();
	let exited: Engine["exited"] | undefined;
	const watch = (): Engine["exited"] => {
		exited ??= watchReusedEngine(endpoint, running.record?.identity, logger, ended.signal);
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
		startup: { kind: "reused", version, record: running.record, mismatch, timings: stopwatch.timings() },
		health,
		get exited() {
			return watch();
		},
		[Symbol.asyncDispose]: async () => ended.abort(),
	};
}
