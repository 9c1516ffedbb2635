import path from "node:path";
import { type FolderWatch, isEngineError, watchFolder } from "@rivetkit/engine-core";
import { livingRecord, readRecords } from "@rivetkit/engine-instances";
import type { EngineContext } from "../context.ts";
import type { Engine } from "../engine.ts";
import type { EngineEnd } from "./judge-end.ts";
import { processOfStartup } from "./process-of-startup.ts";
import { type RestartVerdict, restartVerdict } from "./restart-policy.ts";
import type { SupervisionClock } from "./supervision-clock.ts";

/** The permission to spawn an engine. It is asked for under the start locks if no engine was found. */
export interface RestartPermission {
	/**
	 * Returns true if the restart is still due. It is called again before the spawn, because another program may have
	 * restarted the engine, or stopped it, in the meantime.
	 */
	mayStart(): Promise<boolean>;
	/** The time of the restart for the record, ISO 8601; undefined for a start that does not count as a restart. */
	restartedAt(): string | undefined;
}

/** Brings up an engine, or reuses the one that runs; undefined if the permission was refused. */
export type StartAgain = (
	context: EngineContext,
	permission: RestartPermission,
) => Promise<Engine | undefined>;

type Decision = RestartVerdict | { readonly kind: "stopped" };

/**
 * Waits until a restart is due and brings the engine back. Every program that watches the engine does that: the locks
 * let one of them start an engine, and the others reuse it. The restarts are recorded with the engine, so that the
 * limit holds for all programs together.
 *
 * @returns The new engine; undefined if no engine is to be started, or once the context's signal is aborted.
 */
export async function restartAfterCrash(
	context: EngineContext & { readonly signal: AbortSignal },
	end: EngineEnd,
	startAgain: StartAgain,
	clock: SupervisionClock,
): Promise<Engine | undefined> {
	const { configuration, logger, emit, signal } = context;
	const { layout } = configuration.target;
	const crashedAt = clock.now();
	const chance = clock.random();
	const unrecorded: number[] = [];
	const decide = async (): Promise<Decision> => {
		const { recorded } = await readRecords(layout);
		const record = recorded.kind === "present" ? recorded.record : undefined;
		if (record?.ending === "stop") return { kind: "stopped" };
		const restarts = (record?.crashRestarts ?? []).map((at) => Date.parse(at));
		return restartVerdict({ crashedAt, restarts: [...restarts, ...unrecorded], now: clock.now(), chance });
	};
	// The start after a replacement by another host is no restart, until an attempt of this host has failed.
	let isUncounted = end.kind === "replaced";
	const permission: RestartPermission = {
		mayStart: async () => {
			const decision = await decide();
			return decision.kind !== "stopped" && (isUncounted || isDue(decision));
		},
		restartedAt: () => (isUncounted ? undefined : new Date(clock.now()).toISOString()),
	};
	// Start at once if another host is replacing the engine, since it holds the locks, or if a successor already runs
	// because this process was suspended.
	let isImmediate = isUncounted || (await livingRecord(layout)) !== undefined;
	const recordName = path.basename(layout.recordPath);
	using changes = watchFolder(layout.folder, (name) => name === recordName, { keepsAlive: false });
	let announced: number | undefined;
	let failure: unknown;
	while (!signal.aborted) {
		const decision = await decide();
		if (decision.kind === "stopped") return undefined;
		if (!isImmediate && !isDue(decision)) {
			if (decision.kind === "give-up") {
				reportGivenUp(context, decision.restarts, end, failure);
				return undefined;
			}
			const { waitMs, attempt } = decision;
			if (attempt !== announced) emit({ kind: "restarting", waitMs, attempt });
			announced = attempt;
			await pauseUnlessChanged(clock, changes, waitMs, signal);
			// Another program may have started an engine: no need to wait for the next attempt then.
			isImmediate = (await livingRecord(layout)) !== undefined;
			continue;
		}
		isImmediate = false;
		const startedAt = clock.now();
		try {
			const engine = await startAgain(context, permission);
			if (engine === undefined) continue;
			reportRestarted(context, engine);
			return engine;
		} catch (error) {
			if (signal.aborted) return undefined;
			failure = error;
			isUncounted = false;
			logger.warn({ error }, "the engine could not be started again");
			if (!(await isRecorded(context, startedAt))) unrecorded.push(clock.now());
			if (isEngineError(error) && FINAL.includes(error.code)) {
				reportGivenUp(context, unrecorded.length, end, failure);
				return undefined;
			}
		}
	}
	return undefined;
}

/** Error codes of failures that the next attempt would meet again. */
const FINAL: readonly string[] = [
	"config_invalid",
	"engine_unsupported",
	"version_mismatch",
	"version_rollback",
	"version_upgrade",
];

async function pauseUnlessChanged(
	clock: SupervisionClock,
	changes: FolderWatch,
	waitMs: number,
	signal: AbortSignal,
): Promise<void> {
	const over = new AbortController();
	const either = AbortSignal.any([signal, over.signal]);
	await Promise.race([clock.pause(waitMs, either), changes.next(waitMs, either).catch(() => {})]);
	over.abort();
}

function isDue(decision: Decision): boolean {
	return decision.kind === "restart" && decision.waitMs === 0;
}

/** Returns true if a failed attempt has spawned an engine: each spawn is recorded. */
async function isRecorded({ configuration }: EngineContext, since: number): Promise<boolean> {
	const { recorded } = await readRecords(configuration.target.layout);
	return (
		recorded.kind === "present" && (recorded.record.crashRestarts ?? []).some((at) => Date.parse(at) >= since)
	);
}

function reportRestarted({ logger, emit, configuration }: EngineContext, { startup }: Engine): void {
	const { pid } = processOfStartup(startup);
	const endpoint = configuration.endpoint.value.url;
	logger.info({ pid, endpoint, startup: startup.kind }, "the engine runs again");
	emit({ kind: "restarted", pid });
}

function reportGivenUp(
	{ logger, emit }: EngineContext,
	restarts: number,
	end: EngineEnd,
	failure: unknown,
): void {
	const reason = failure instanceof Error ? failure.message : `it has crashed again: ${end.reason}`;
	const logTail = linesOf(failure) ?? end.logTail;
	logger.error(
		{ pid: end.pid, restarts, reason, log_tail: logTail },
		"the engine is not started again any more",
	);
	emit({ kind: "gave-up", restarts, logTail, reason });
}

/** Reads the last lines of the engine from the error of a failed start; undefined if there are none. */
function linesOf(failure: unknown): readonly string[] | undefined {
	if (!isEngineError(failure)) return undefined;
	const lines = [failure.metadata["stdoutTail"], failure.metadata["stderrTail"]].flatMap((tail) =>
		Array.isArray(tail) ? tail.map(String) : [],
	);
	return lines.length === 0 ? undefined : lines;
}
