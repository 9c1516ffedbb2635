import type { EngineConfiguration, EngineDatabase } from "@rivetkit/engine-config";
import { openGuardWarning } from "@rivetkit/engine-config";
import { engineBindsLoopbackOnly, portOccupiedError } from "@rivetkit/engine-core";
import { completeForAnother } from "@rivetkit/engine-instances";
import { type EngineContext, recordedInstance } from "../context.ts";
import { awaitDatabase } from "../endpoint/await-database.ts";
import type { FoundEngine } from "../endpoint/find-running.ts";
import type { Engine, Mismatch } from "../engine.ts";
import { watchReusedEngine } from "../watch/watch-reused.ts";
import { type ComparedEngine, compareEngine } from "./compare-engine.ts";
import { versionMismatch } from "./version-mismatch-error.ts";

/**
 * The handle for an engine that was running already, after comparing it with what was asked for.
 *
 * @throws EngineError `port_occupied` if other machines should reach it and cannot, or if PostgreSQL, NATS or a token
 * was asked for and it has another database, no NATS, or no token; `version_mismatch` where the options say so;
 * `health_check_failed` if its database should answer and does not.
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
	// Its host was killed before it could, or is about to.
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

/** Why an engine that differs in this is none that could be used instead; undefined where that is for a warning. */
function whyUnusable(
	{ field, expected, actual }: Mismatch,
	database: EngineDatabase["kind"],
): string | undefined {
	switch (field) {
		case "bindHost":
			return actual !== undefined && engineBindsLoopbackOnly(actual) && !engineBindsLoopbackOnly(expected)
				? `it listens on ${actual} only, and ${expected} was asked for`
				: undefined;
		case "storage":
			if (database === "folder") return undefined;
			return actual === undefined
				? `it cannot be told where its data is, and ${expected} was asked for`
				: `its data is in ${actual}, and ${expected} was asked for`;
		case "messaging":
			return "it does not reach other engines by NATS, as was asked for";
		case "adminToken":
			return actual === undefined
				? "it cannot be told whether it wants a token, which was asked for"
				: "it lets everybody in, and a token was asked for";
		case "publicUrl":
		case "version":
			return undefined;
	}
}

/**
 * Checks that a running engine may be reused in spite of what is different about it.
 *
 * @throws EngineError `port_occupied`, `version_mismatch`.
 */
export function requireReusable(
	{ endpoint, onVersionMismatch, database }: EngineConfiguration,
	mismatch: readonly Mismatch[],
): void {
	const flaw = mismatch.map((one) => whyUnusable(one, database.kind)).find((reason) => reason !== undefined);
	if (flaw !== undefined) {
		throw portOccupiedError(endpoint.value, "engine", {
			reason: flaw,
			hint: `The engine that runs there is not the one that was asked for: ${flaw}. Stop it where it was started (\`rivet-enginectl stop\` with its own flags) and start again, or choose another port with \`bindPort\` (\`--bind-port\`) and another instance with \`instancePath\` (\`--instance\`).`,
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
