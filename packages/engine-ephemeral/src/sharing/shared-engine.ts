import { EngineError, type Environment, tolerantLogger } from "@rivetkit/engine-core";
import { livingRecord } from "@rivetkit/engine-instances";
import type { EngineContext } from "@rivetkit/engine-lifecycle";
import { findRunningEngine, resolveBinary, reuseEngine } from "@rivetkit/engine-lifecycle";
import { removeLeftover } from "../cleanup/end-leftover.ts";
import type { EphemeralEngine } from "../ephemeral-engine.ts";
import type { EphemeralEngineOptions } from "../ephemeral-options.ts";
import { listPlaces, type Reservation } from "../reservation/reservation.ts";
import { underPlaceLock } from "../reservation/reservation-lock.ts";
import { startupOf } from "../run/engine-view.ts";
import { ephemeralContext } from "../run/ephemeral-context.ts";
import { followLogs } from "../run/follow-logs.ts";
import { launchEphemeral } from "../run/launch-ephemeral.ts";
import { type Sharing, sharedHandle } from "./shared-handle.ts";
import { prepareSweep } from "./sweep-afterwards.ts";
import { addUser, type EngineUser, livingUsers } from "./users.ts";

/**
 * Joins the engine that is shared under a key, or starts it. Of all who try at once, one starts.
 *
 * @throws EngineError as a start; `endpoint_unresponsive` if another process is in the way for too long.
 */
export async function joinSharedEngine(
	environment: Environment,
	options: EphemeralEngineOptions,
	folder: string,
): Promise<EphemeralEngine> {
	const { sharedKey: key = "", signal } = options;
	const logger = tolerantLogger(options.logger);
	const sharedAs = await digest(key);
	const sweepAfterwards = await prepareSweep(folder, environment);
	const sharing: Sharing = { environment, options, folder, sharedAs, logger, sweepAfterwards };
	const context = ephemeralContext(environment, options, { port: 1, storagePath: folder });
	await fetchFirst(context);
	return await underPlaceLock(
		folder,
		sharedAs,
		async (lock) => {
			if (lock.kind === "unavailable") throw cannotJoin(key, lock.reason);
			return (await joinRunning(sharing)) ?? (await startForAll(sharing));
		},
		{
			purpose: `sharing a throw-away engine as '${key}'`,
			// The one that starts it may take its own time twice, if its ports were taken.
			timeoutMs: Math.max(LOCK_LIMIT_MS, 2 * context.configuration.startTimeoutMs.value),
			logger,
			signal,
		},
	);
}

/** How long others that start, join or leave are waited for at least, in milliseconds. */
const LOCK_LIMIT_MS = 60_000;

/** A key may be any text; what stands for it in names and records has a form. */
async function digest(key: string): Promise<string> {
	const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key)));
	return Array.from(bytes.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A download may take its time, and is done once for all who want it. Nobody is to wait for it under the lock. */
async function fetchFirst(context: EngineContext): Promise<void> {
	if (context.configuration.autoDownload.value) await resolveBinary(context);
}

async function joinRunning(sharing: Sharing): Promise<EphemeralEngine | undefined> {
	const { folder, sharedAs, logger } = sharing;
	for (const place of await listPlaces(folder)) {
		if (place.record.sharedAs !== sharedAs) continue;
		if ((await livingUsers(place)).length === 0) {
			// All of its users were killed. Its data is that of another run.
			await removeLeftover(place, logger);
			continue;
		}
		const engine = await join(sharing, place);
		// Where it has crashed, those who still use it remove it when they leave.
		if (engine !== undefined) return engine;
	}
	return undefined;
}

async function join(sharing: Sharing, place: Reservation): Promise<EphemeralEngine | undefined> {
	const { environment, options, logger } = sharing;
	const owner = await livingRecord(place.layout);
	if (owner === undefined) return undefined;
	const context = ephemeralContext(environment, options, place);
	const running = await findRunningEngine(context, { bindTest: false });
	if (running === undefined) return undefined;
	const engine = await reuseEngine(context, running);
	const left = new AbortController();
	const { onLog, signal } = options;
	const following = followLogs(owner.logs, { onLog, logger, signal: left.signal, fromEnd: true });
	const release = async (): Promise<void> => {
		left.abort();
		await engine[Symbol.asyncDispose]();
		await following;
	};
	let user: EngineUser | undefined;
	try {
		user = await addUser(place);
		signal?.throwIfAborted();
	} catch (error) {
		user?.remove();
		await release();
		throw error;
	}
	return sharedHandle(sharing, {
		place,
		user,
		engine,
		health: running.health,
		logs: owner.logs,
		expectEnd: () => void engine[Symbol.asyncDispose](),
		// How it ended is known to its parent only.
		settle: async () => ({ kind: "unknown" }),
		release,
	});
}

async function startForAll(sharing: Sharing): Promise<EphemeralEngine> {
	const { environment, options } = sharing;
	const { lease, run, swept } = await launchEphemeral(environment, options, sharing);
	const { endpoint, health, spawned } = run;
	const { place } = lease;
	let user: EngineUser;
	try {
		user = await addUser(place);
		options.signal?.throwIfAborted();
	} catch (error) {
		run.expectEnd();
		await lease.release();
		throw error;
	}
	return sharedHandle(sharing, {
		place,
		user,
		engine: { endpoint: endpoint.url, startup: startupOf(run), exited: spawned.exited },
		health,
		logs: spawned.logs,
		expectEnd: run.expectEnd,
		settle: async () => {
			// Keeps this process alive until Node knows of the end. After that its number could be somebody else's.
			if (run.status() === undefined) await spawned.terminate();
			return await run.settled;
		},
		release: async () => {
			await run.release();
			await swept;
		},
		// From here on it is its users who answer for it.
		endNow: lease.handOver(),
	});
}

function cannotJoin(key: string, reason: string): EngineError<"endpoint_unresponsive"> {
	return new EngineError(
		"endpoint_unresponsive",
		`The throw-away engine that is shared as '${key}' cannot be joined: ${reason}.`,
		{
			metadata: {
				sharedKey: key,
				reason,
				hint: "Use another `sharedKey`, or end the process that is in the way.",
			},
		},
	);
}
