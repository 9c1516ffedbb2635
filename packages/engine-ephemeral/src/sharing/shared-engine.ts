import { EngineError, tolerantLogger } from "@rivetkit/engine-core";
import { livingRecord } from "@rivetkit/engine-instances";
import type { EngineContext } from "@rivetkit/engine-lifecycle";
import { findRunningEngine, resolveBinary, reuseEngine } from "@rivetkit/engine-lifecycle";
import { removeLeftover } from "../cleanup/end-leftover.ts";
import type { EphemeralEngine } from "../ephemeral-engine.ts";
import type { BoundOptions } from "../ephemeral-options.ts";
import { listReservations, type Reservation } from "../reservation/reservation.ts";
import { underReservationLock } from "../reservation/reservation-lock.ts";
import { addUser, type EngineUser, livingUsers } from "../reservation/users.ts";
import { ephemeralContext } from "../run/ephemeral-context.ts";
import { followLogs } from "../run/follow-logs.ts";
import { launchEphemeral } from "../run/launch-ephemeral.ts";
import { startupOf } from "../run/private-engine.ts";
import { type Sharing, sharedHandle } from "./shared-handle.ts";
import { prepareSweep } from "./sweep-afterwards.ts";

/**
 * Joins the engine that is shared under a key, or starts it. If several processes call this at once, one starts it.
 *
 * @throws EngineError as a start; `endpoint_unresponsive` if another process is in the way for too long.
 */
export async function joinSharedEngine(options: BoundOptions, folder: string): Promise<EphemeralEngine> {
	const { sharedKey: key = "", signal } = options;
	const logger = tolerantLogger(options.logger);
	const sharedAs = await digest(key);
	const sweepAfterwards = await prepareSweep(folder, options.environment);
	const sharing: Sharing = { options, folder, sharedAs, logger, sweepAfterwards };
	const context = ephemeralContext(options, { port: 1, storagePath: folder });
	await fetchFirst(context);
	return await underReservationLock(
		folder,
		sharedAs,
		async (lock) => {
			if (lock.kind === "unavailable") throw cannotJoinError(key, lock.reason);
			return (await joinRunning(sharing)) ?? (await startForAll(sharing));
		},
		{
			purpose: `sharing a throw-away engine as '${key}'`,
			// A start may take its time twice, if its ports were taken.
			timeoutMs: Math.max(LOCK_LIMIT_MS, 2 * context.configuration.startTimeoutMs.value),
			logger,
			signal,
		},
	);
}

/** The shortest limit for the wait for processes that start, join or leave, in milliseconds. */
const LOCK_LIMIT_MS = 60_000;

/** Turns a key, which may be any text, into one that can be part of a file name. */
async function digest(key: string): Promise<string> {
	const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key)));
	return Array.from(bytes.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Downloads the binary before the lock is taken: other processes need not wait for that. */
async function fetchFirst(context: EngineContext): Promise<void> {
	if (context.configuration.autoDownload.value) await resolveBinary(context);
}

async function joinRunning(sharing: Sharing): Promise<EphemeralEngine | undefined> {
	const { folder, sharedAs, logger } = sharing;
	for (const reservation of await listReservations(folder)) {
		if (reservation.record.sharedAs !== sharedAs) continue;
		if ((await livingUsers(reservation)).length === 0) {
			// All users of this engine were killed. Its data belongs to another run.
			await removeLeftover(reservation, logger);
			continue;
		}
		const engine = await join(sharing, reservation);
		// If the engine has crashed, the processes that still use it remove it when they leave.
		if (engine !== undefined) return engine;
	}
	return undefined;
}

async function join(sharing: Sharing, reservation: Reservation): Promise<EphemeralEngine | undefined> {
	const { options, logger } = sharing;
	const owner = await livingRecord(reservation.layout);
	if (owner === undefined) return undefined;
	const context = ephemeralContext(options, reservation);
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
		user = await addUser(reservation);
		signal?.throwIfAborted();
	} catch (error) {
		user?.remove();
		await release();
		throw error;
	}
	return sharedHandle(sharing, {
		reservation,
		user,
		engine,
		health: running.health,
		logs: owner.logs,
		expectEnd: () => void engine[Symbol.asyncDispose](),
		// Only the parent of a process learns how it ended.
		settle: async () => ({ kind: "unknown" }),
		release,
	});
}

async function startForAll(sharing: Sharing): Promise<EphemeralEngine> {
	const { options } = sharing;
	const { held, run, swept } = await launchEphemeral(options, sharing);
	const { endpoint, health, spawned } = run;
	const { reservation } = held;
	let user: EngineUser;
	try {
		user = await addUser(reservation);
		options.signal?.throwIfAborted();
	} catch (error) {
		run.expectEnd();
		await held.release();
		throw error;
	}
	return sharedHandle(sharing, {
		reservation,
		user,
		engine: { endpoint: endpoint.url, startup: startupOf(run), exited: spawned.exited },
		health,
		logs: spawned.logs,
		expectEnd: run.expectEnd,
		settle: async () => {
			// Keeps this process alive until Node knows of the end. After that the pid could be another process's.
			if (run.status() === undefined) await spawned.kill();
			return await run.settled;
		},
		release: async () => {
			await run.release();
			await swept;
		},
		// From here on the users of the engine clean it up.
		endNow: held.handOver(),
	});
}

function cannotJoinError(key: string, reason: string): EngineError<"endpoint_unresponsive"> {
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
