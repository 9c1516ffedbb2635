import path from "node:path";
import type { EngineConfiguration } from "@rivetkit/engine-config";
import { machineFolder, watchFolder } from "@rivetkit/engine-core";
import type { LockHolder } from "@rivetkit/engine-core/lock";
import { type ProbeResult, probeEngine, probeVerdict } from "@rivetkit/engine-health";
import { answersAt, livingRecord } from "@rivetkit/engine-instances";
import type { EngineContext } from "../context.ts";
import { type FoundEngine, findRunningEngine } from "../endpoint/find-running.ts";
import type { StartLock } from "../events.ts";

/** The work to do under the start locks, and on an engine that answers before. */
export interface LockedStart<Result> {
	/** The start itself. It has both locks, or goes on without a lock that cannot be taken. */
	readonly start: () => Promise<Result>;
	/**
	 * Uses an engine that answers while this host waits for a lock. Undefined if that engine may be the engine that the
	 * caller is about to end.
	 */
	readonly reuse?: ((running: FoundEngine) => Promise<Result>) | undefined;
}

/**
 * Runs a start while no other host of ours starts an engine on the same port or the same storage. If an engine
 * answers while this host waits, the engine is reused instead.
 *
 * The locks prevent a second engine that would end at once. The data is safe without the locks, and rivetkit takes
 * none: a start that cannot take a lock goes on without it.
 *
 * @throws The errors of `start`, `findRunningEngine` and `reuse`; the signal's reason if aborted.
 */
export async function underStartLocks<Result>(
	context: EngineContext,
	{ start, reuse }: LockedStart<Result>,
): Promise<Result> {
	const { target, environment } = context.configuration;
	const machine = machineFolder(environment);
	const underInstanceLock = () =>
		underLock(context, { lock: "instance", folder: target.layout.lockFolder, start, reuse });
	// Always in this order, or two hosts could each have the lock that the other waits for.
	if (machine.kind === "usable") {
		const folder = path.join(machine.path, `ports-${target.guardPort}`);
		return await underLock(context, { lock: "guard port", folder, start: underInstanceLock, reuse });
	}
	reportUnlocked(context, "guard port", machine);
	return await underInstanceLock();
}

async function underLock<Result>(
	context: EngineContext,
	{ lock, folder, start, reuse }: LockedStart<Result> & { readonly lock: StartLock; readonly folder: string },
): Promise<Result> {
	const { configuration, logger, signal } = context;
	const endpoint = configuration.endpoint.value;
	const { withLock } = await import("@rivetkit/engine-core/lock");
	for (;;) {
		const answered = new AbortController();
		const waiting = new AbortController();
		if (reuse !== undefined) void untilAnswered(configuration, waiting.signal).then(() => answered.abort());
		try {
			return await withLock(
				folder,
				async (state) => {
					waiting.abort();
					if (state.kind === "unavailable")
						reportUnlocked(context, lock, { path: folder, reason: state.reason });
					return await start();
				},
				{
					purpose: `starting an engine at ${endpoint.url}`,
					timeoutMs: configuration.lockTimeoutMs.value,
					logger,
					signal: signal === undefined ? answered.signal : AbortSignal.any([signal, answered.signal]),
					onWait: (holder) => reportWaiting(context, lock, holder),
				},
			);
		} catch (error) {
			if (!answered.signal.aborted || error !== answered.signal.reason) throw error;
		} finally {
			waiting.abort();
		}
		const running = await findRunningEngine(context, { bindTest: false });
		if (running !== undefined && reuse !== undefined) {
			context.stopwatch.lap("lockMs");
			return await reuse(running);
		}
	}
}

/** Between two requests, in milliseconds. Many hosts may be waiting, and an engine that is starting is busy. */
const REQUEST_GAP_MS = 200;

/**
 * Resolves when the endpoint gives an answer that is certain, or when the wait has ended. The record of a healthy
 * engine is not an answer, only a reason to ask at once.
 */
async function untilAnswered(configuration: EngineConfiguration, ended: AbortSignal): Promise<void> {
	const { layout, endpoint } = configuration.target;
	const record = path.basename(layout.recordPath);
	using changes = watchFolder(layout.folder, (name) => name === record);
	let askedOf: string | undefined;
	let nextRequestAt = performance.now() + REQUEST_GAP_MS;
	while (!ended.aborted) {
		const healthy = await recordedHealthy(configuration);
		if (performance.now() >= nextRequestAt || (healthy !== undefined && healthy !== askedOf)) {
			askedOf = healthy;
			// This answer only ends the wait: a full probe follows. `portIsGuard` saves a second request to the engine here.
			const request = { bindTest: false, portIsGuard: true, signal: ended } as const;
			const answer = await probeEngine(endpoint, request).catch(() => undefined);
			if (answer !== undefined && isCertain(answer)) return;
			nextRequestAt = performance.now() + REQUEST_GAP_MS;
		}
		await changes.next(Math.max(0, nextRequestAt - performance.now()), ended).catch(() => {});
	}
}

/** Returns true if an answer ends the wait. The other answers may come from an engine that is starting. */
function isCertain(answer: ProbeResult): boolean {
	switch (probeVerdict(answer).kind) {
		case "engine":
		case "occupied":
			return true;
		case "free":
		case "undecided":
			return false;
	}
}

/** Reads the id of the start that brought up the living engine of this endpoint; undefined if none is recorded as healthy. */
async function recordedHealthy(configuration: EngineConfiguration): Promise<string | undefined> {
	const record = await livingRecord(configuration.target.layout);
	if (record === undefined || record.version === null) return undefined;
	return answersAt(record, configuration) ? record.instanceId : undefined;
}

function reportWaiting({ emit, logger }: EngineContext, lock: StartLock, holder: LockHolder): void {
	const { identity, judgement, purpose, since } = holder;
	logger.info(
		{ lock, pid: identity?.pid, judgement, purpose, since },
		"waiting for the lock of another host",
	);
	emit({ kind: "waiting", lock, holder });
}

function reportUnlocked(
	{ emit, logger }: EngineContext,
	lock: StartLock,
	{ path: place, reason }: { readonly path: string; readonly reason: string },
): void {
	logger.warn({ lock, path: place, reason }, "starting without the lock, which could not be had");
	emit({ kind: "unlocked", lock, reason });
}
