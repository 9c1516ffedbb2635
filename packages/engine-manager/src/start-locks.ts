import path from "node:path";
import { watchFolder } from "@rivetkit/engine-core";
import type { LockHolder } from "@rivetkit/engine-core/lock";
import { probeEngine } from "@rivetkit/engine-health";
import type { EngineConfiguration } from "./configuration.ts";
import type { EngineContext } from "./context.ts";
import type { Engine } from "./engine.ts";
import type { StartLock } from "./events.ts";
import { findRunningEngine } from "./find-running.ts";
import { guardPort } from "./guard-binding.ts";
import { loadLock } from "./lazy-packages.ts";
import { livingOwner } from "./locate-engine.ts";
import { machineFolder } from "./machine-folder.ts";
import { reuseEngine } from "./reuse-engine.ts";

/**
 * Runs a start while no other host of ours starts an engine on the same port or the same storage. If
 * somebody's engine answers while this host waits for them, that is reused instead.
 *
 * The locks spare everybody a second engine that ends at once. They are not what keeps the data safe, and
 * rivetkit takes none: where they cannot be had, the start goes on without.
 *
 * @throws What `start` and `findRunningEngine` throw; the signal's reason if aborted.
 */
export async function underStartLocks(context: EngineContext, start: () => Promise<Engine>): Promise<Engine> {
	const { layout, environment } = context.configuration;
	const machine = machineFolder(environment);
	const underInstanceLock = () => underLock(context, "instance", layout.lockFolder, start);
	// Always in this order, or two hosts could each have what the other waits for.
	if (machine.kind === "usable") {
		const folder = path.join(machine.path, `ports-${guardPort(context.configuration)}`);
		return await underLock(context, "guard port", folder, underInstanceLock);
	}
	tellUnlocked(context, "guard port", machine);
	return await underInstanceLock();
}

async function underLock(
	context: EngineContext,
	lock: StartLock,
	folder: string,
	task: () => Promise<Engine>,
): Promise<Engine> {
	const { configuration, logger, signal } = context;
	const endpoint = configuration.endpoint.value;
	const { withLock } = await loadLock();
	for (;;) {
		const answered = new AbortController();
		const waiting = new AbortController();
		void untilAnswered(configuration, waiting.signal).then(() => answered.abort());
		try {
			return await withLock(
				folder,
				async (state) => {
					waiting.abort();
					if (state.kind === "unavailable")
						tellUnlocked(context, lock, { path: folder, reason: state.reason });
					return await task();
				},
				{
					purpose: `starting an engine at ${endpoint.url}`,
					timeoutMs: configuration.lockTimeoutMs.value,
					logger,
					signal: signal === undefined ? answered.signal : AbortSignal.any([signal, answered.signal]),
					onWait: (holder) => tellWaiting(context, lock, holder),
				},
			);
		} catch (error) {
			if (!answered.signal.aborted || error !== answered.signal.reason) throw error;
		} finally {
			waiting.abort();
		}
		const running = await findRunningEngine(context, { bindTest: false });
		if (running !== undefined) return await reuseEngine(context, running);
	}
}

/** Between two requests, in milliseconds. Many may be waiting, and an engine that is starting is busy. */
const REQUEST_GAP_MS = 200;

/**
 * Resolves when the holder's engine is recorded as healthy, or anybody's answers at the endpoint; or when nobody
 * waits for that any more.
 */
async function untilAnswered(configuration: EngineConfiguration, ended: AbortSignal): Promise<void> {
	const { layout, endpoint } = configuration;
	const record = path.basename(layout.ownerStampPath);
	using changes = watchFolder(layout.folder, (name) => name === record);
	let nextRequestAt = performance.now() + REQUEST_GAP_MS;
	while (!ended.aborted && !(await isRecordedHealthy(configuration))) {
		await changes.next(Math.max(0, nextRequestAt - performance.now()), ended).catch(() => {});
		if (performance.now() < nextRequestAt || ended.aborted) continue;
		const request = { bindTest: false, signal: ended } as const;
		const answer = await probeEngine(endpoint.value, request).catch(() => undefined);
		if (answer !== undefined && answer.kind !== "free" && answer.kind !== "unreachable") return;
		nextRequestAt = performance.now() + REQUEST_GAP_MS;
	}
}

async function isRecordedHealthy(configuration: EngineConfiguration): Promise<boolean> {
	const owner = await livingOwner(configuration.layout);
	return owner?.ports.guard === guardPort(configuration) && owner.version !== null;
}

function tellWaiting({ emit, logger }: EngineContext, lock: StartLock, holder: LockHolder): void {
	const { identity, judgement, purpose, since } = holder;
	logger.info(
		{ lock, pid: identity?.pid, judgement, purpose, since },
		"waiting for the lock of another host",
	);
	emit({ kind: "waiting", lock, holder });
}

function tellUnlocked(
	{ emit, logger }: EngineContext,
	lock: StartLock,
	{ path: place, reason }: { readonly path: string; readonly reason: string },
): void {
	logger.warn({ lock, path: place, reason }, "starting without the lock, which could not be had");
	emit({ kind: "unlocked", lock, reason });
}
