import type { EngineLogs } from "@rivetkit/engine-core";
import {
	EngineError,
	type EngineHealth,
	type Environment,
	type ExitStatus,
	type Logger,
} from "@rivetkit/engine-core";
import type { Engine } from "@rivetkit/engine-lifecycle";
import { endLeftover } from "../cleanup/end-leftover.ts";
import type { EphemeralEngine } from "../ephemeral-engine.ts";
import type { EphemeralEngineOptions } from "../ephemeral-options.ts";
import { endAtExit } from "../reservation/end-at-exit.ts";
import type { Reservation } from "../reservation/reservation.ts";
import { underPlaceLock } from "../reservation/reservation-lock.ts";
import { logsOf } from "../run/engine-view.ts";
import { type EngineUser, livingUsers, mayBeUsed } from "./users.ts";

/** What joining and leaving need. */
export interface Sharing {
	readonly environment: Environment;
	readonly options: EphemeralEngineOptions;
	/** The folder of all throw-away engines. */
	readonly folder: string;
	/** See `EphemeralRecord`. */
	readonly sharedAs: string;
	readonly logger: Logger;
	/** See `prepareSweep`. */
	readonly sweepAfterwards: () => boolean;
}

/** One use of a shared engine. */
export interface SharedUse {
	readonly place: Reservation;
	readonly user: EngineUser;
	readonly engine: Pick<Engine, "endpoint" | "startup" | "exited">;
	readonly health: EngineHealth;
	readonly logs: EngineLogs;
	/** Says that its end is no news from now on. */
	expectEnd(): void;
	/** Resolves when all is known of its end, once it was ended here. */
	settle(): Promise<ExitStatus>;
	/** Stops watching the engine and telling its log. */
	release(): Promise<void>;
	/** Ends it and removes its files at once, where this process has spawned it. */
	readonly endNow?: (() => void) | undefined;
}

/** The handle for one use of a shared engine. Disposing ends the use, and the engine if it was the last. */
export function sharedHandle(sharing: Sharing, use: SharedUse): EphemeralEngine {
	const { place, user, engine, health, logs } = use;
	const guard = endAtExit(() => {
		user.remove();
		if (!mayBeUsed(place) && !sharing.sweepAfterwards()) use.endNow?.();
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
	const refused = async (): Promise<never> => {
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
		// Only who asks for the end of an engine that another process has started watches for it.
		get exited() {
			exited ??= Promise.race([engine.exited, endedHere]);
			return exited;
		},
		storagePath: place.storagePath,
		logs: logsOf(logs),
		stop: refused,
		restart: refused,
		kill: refused,
		[Symbol.asyncDispose]: () => {
			leaving ??= end().catch((error: unknown) => {
				// It may be tried again.
				leaving = undefined;
				throw error;
			});
			return leaving;
		},
	};
}

/** Who joins meanwhile waits for the lock, and finds either the engine with its users or none. */
async function leave(
	{ folder, sharedAs, logger }: Sharing,
	{ place, user }: SharedUse,
): Promise<"gone" | "left"> {
	return await underPlaceLock(
		folder,
		sharedAs,
		async (lock) => {
			user.remove();
			// Without the lock somebody may be joining. The next run looks again.
			if (lock.kind === "unavailable" || (await livingUsers(place)).length > 0) return "left";
			return await endLeftover(place, { logger, keepOnFailure: place.record.keepOnFailure });
		},
		{ purpose: "leaving a throw-away engine", logger },
	);
}
