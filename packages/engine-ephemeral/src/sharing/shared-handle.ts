import type { EngineLogs } from "@rivetkit/engine-core";
import { EngineError, type EngineHealth, type ExitStatus, type Logger } from "@rivetkit/engine-core";
import type { Engine } from "@rivetkit/engine-lifecycle";
import { endLeftover } from "../cleanup/end-leftover.ts";
import type { EphemeralEngine } from "../ephemeral-engine.ts";
import type { BoundOptions } from "../ephemeral-options.ts";
import { endAtExit } from "../reservation/end-at-exit.ts";
import type { Reservation } from "../reservation/reservation.ts";
import { underReservationLock } from "../reservation/reservation-lock.ts";
import { type EngineUser, livingUsers, mayBeUsed } from "../reservation/users.ts";
import { withTail } from "../run/private-engine.ts";

/** The data that joining and leaving need. */
export interface Sharing {
	readonly options: BoundOptions;
	/** The folder of all throw-away engines. */
	readonly folder: string;
	/** See `ReservationRecord`. */
	readonly sharedAs: string;
	readonly logger: Logger;
	/** See `prepareSweep`. */
	readonly sweepAfterwards: () => boolean;
}

/** A use of a shared engine by this process. */
export interface SharedUse {
	readonly reservation: Reservation;
	readonly user: EngineUser;
	readonly engine: Pick<Engine, "endpoint" | "startup" | "exited">;
	readonly health: EngineHealth;
	readonly logs: EngineLogs;
	/** Notes that the end of the engine is wanted from now on. */
	expectEnd(): void;
	/** Resolves with the exit status, after this process has ended the engine. */
	settle(): Promise<ExitStatus>;
	/** Stops watching the engine and following its log. */
	release(): Promise<void>;
	/** Ends the engine and removes its files synchronously; undefined if another process has spawned the engine. */
	readonly endNow?: (() => void) | undefined;
}

/** Makes the handle for one use of a shared engine. Disposing ends the use, and the engine if no other use is left. */
export function sharedHandle(sharing: Sharing, use: SharedUse): EphemeralEngine {
	const { reservation, user, engine, health, logs } = use;
	const guard = endAtExit(() => {
		user.remove();
		if (!mayBeUsed(reservation) && !sharing.sweepAfterwards()) use.endNow?.();
	});
	let exited: Promise<ExitStatus> | undefined;
	let leaving: Promise<void> | undefined;
	let tellEnd: (status: ExitStatus) => void = () => {};
	const endedHere = new Promise<ExitStatus>((resolve) => {
		tellEnd = resolve;
	});
	const end = async (): Promise<void> => {
		use.expectEnd();
		if ((await leave(sharing, use)) === "gone") tellEnd(await use.settle());
		await use.release();
		guard[Symbol.dispose]();
	};
	const refuse = async (): Promise<never> => {
		throw new EngineError(
			"invalid_option",
			`The throw-away engine at '${engine.endpoint}' is shared, so it cannot be stopped, restarted or killed.`,
			{ metadata: { endpoint: engine.endpoint, hint: "Start one of your own, without `sharedKey`." } },
		);
	};
	return {
		endpoint: engine.endpoint,
		startup: engine.startup,
		health,
		// An engine that another process has started is watched only if the caller asks for its end.
		get exited() {
			exited ??= Promise.race([engine.exited, endedHere]);
			return exited;
		},
		storagePath: reservation.storagePath,
		logs: withTail(logs),
		stop: refuse,
		restart: refuse,
		kill: refuse,
		[Symbol.asyncDispose]: () => {
			leaving ??= end().catch((error: unknown) => {
				// The caller may try again.
				leaving = undefined;
				throw error;
			});
			return leaving;
		},
	};
}

/**
 * Ends a use under the lock, so that a process which joins meanwhile finds either the engine with its users or
 * none.
 */
async function leave(
	{ folder, sharedAs, logger }: Sharing,
	{ reservation, user }: SharedUse,
): Promise<"gone" | "left"> {
	return await underReservationLock(
		folder,
		sharedAs,
		async (lock) => {
			user.remove();
			// Without the lock, another process may be joining. The next run looks again.
			if (lock.kind === "unavailable" || (await livingUsers(reservation)).length > 0) return "left";
			return await endLeftover(reservation, { logger, keepOnFailure: reservation.record.keepOnFailure });
		},
		{ purpose: "leaving a throw-away engine", logger },
	);
}
